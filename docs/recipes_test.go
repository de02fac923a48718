package docs_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// recipe returns the fenced block in a language, of which operating.md has one.
func recipe(t *testing.T, language string) string {
	t.Helper()
	found := regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```$").FindAllStringSubmatch(read(t, operating), -1)
	if len(found) != 1 {
		t.Fatalf("%s has %d blocks in %s, want one", operating, len(found), language)
	}
	return found[0][1]
}

// program returns the path of a program that the recipes are for. Where it is
// not installed, the test is skipped.
func program(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("there is no %s", name)
	}
	return path
}

// TestUnit has systemd check the unit.
func TestUnit(t *testing.T) {
	analyze := program(t, "systemd-analyze")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "alta.service")
	unit := strings.ReplaceAll(recipe(t, "ini"), "/usr/local/bin/alta", self)
	if err := os.WriteFile(path, []byte(unit), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), analyze, "verify", path).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("systemd-analyze verify: %v\n%s", err, out)
	}
}

// TestNginx runs nginx with the recipe: what comes by http is sent to https, and what
// comes by https gets to the server, with its host and the client's address.
func TestNginx(t *testing.T) {
	nginx := program(t, "nginx")
	received := make(chan *http.Request, 1)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { received <- r }))
	t.Cleanup(server.Close)
	dir, err := os.MkdirTemp("", "nginx-") // the path of a socket has to be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	writeCertificate(t, dir)
	startNginx(t, nginx, dir, strings.NewReplacer(
		"/etc/ssl/alta/", dir+"/",
		"listen 80;", "listen unix:"+dir+"/http;",
		"listen 443 ssl;", "listen unix:"+dir+"/https ssl;",
		"http://127.0.0.1:8080", server.URL,
	).Replace(recipe(t, "nginx")))

	if got, want := ask(t, dir+"/http", "http://alta.example.com/docs?q=a"), "301 https://alta.example.com/docs?q=a"; got != want {
		t.Errorf("by http: got %s, want %s", got, want)
	}
	if got, want := ask(t, dir+"/https", "https://alta.example.com/docs"), "200 "; got != want {
		t.Fatalf("by https: got %s, want %s", got, want)
	}
	r := <-received
	// A client on a socket has no address but "unix:".
	if got, want := r.Header.Get("X-Forwarded-For"), "192.0.2.7, unix:"; r.Host != "alta.example.com" || got != want {
		t.Errorf("the server is asked for host %s by %s, want alta.example.com and %s", r.Host, got, want)
	}
}

// startNginx starts nginx with the servers, and waits until it listens.
func startNginx(t *testing.T, nginx, dir, servers string) {
	t.Helper()
	config := "daemon off;\nmaster_process off;\npid DIR/pid;\nerror_log DIR/log;\nevents {}\nhttp {\naccess_log off;\n"
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		config += kind + "_temp_path DIR/" + kind + ";\n"
	}
	path := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(config, "DIR", dir)+servers+"}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), nginx, "-t", "-c", path).CombinedOutput(); err != nil {
		t.Fatalf("nginx -t: %v\n%s", err, out)
	}
	cmd := exec.Command(nginx, "-c", path)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()
	})
	for range 3000 {
		if conn, err := net.Dial("unix", dir+"/https"); err == nil {
			conn.Close()
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("nginx does not listen")
}

// ask calls the URL at the socket, as a client that says it calls for another one,
// and returns the status and where the answer leads.
func ask(t *testing.T, socket, url string) string {
	t.Helper()
	client := http.Client{
		Transport: &http.Transport{
			DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				return (&net.Dialer{}).DialContext(ctx, "unix", socket)
			},
			TLSClientConfig:   &tls.Config{InsecureSkipVerify: true}, // the certificate is the test's own
			DisableKeepAlives: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       time.Minute,
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Forwarded-For", "192.0.2.7")
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	return fmt.Sprint(response.StatusCode, " ", response.Header.Get("Location"))
}

// writeCertificate writes a certificate and its key under the names of the recipe.
func writeCertificate(t *testing.T, dir string) {
	t.Helper()
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	certificate := server.TLS.Certificates[0]
	private, err := x509.MarshalPKCS8PrivateKey(certificate.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		"fullchain.pem": {Type: "CERTIFICATE", Bytes: certificate.Certificate[0]},
		"privkey.pem":   {Type: "PRIVATE KEY", Bytes: private},
	} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
