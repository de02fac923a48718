package command

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"example.com/alta/internal/identity"
	"example.com/alta/repo"
)

// keyring returns the keys of the operator's secret. If none is given and the
// database is SQLite, the first start creates a secret in the data directory.
func (f *StorageFlags) keyring() (*identity.Keyring, error) {
	secret := f.Secret
	if secret == "" {
		if repo.IsPostgres(f.databaseURL()) {
			return nil, errors.New("ALTA_SECRET: is required with PostgreSQL; it takes at least 32 bytes, " +
				"for example what `openssl rand -base64 48` prints")
		}
		var err error
		if secret, err = secretFile(f.secretPath()); err != nil {
			return nil, fmt.Errorf("ALTA_SECRET: %w", err)
		}
	}
	keys, err := identity.ParseKeyring(secret)
	if err != nil {
		return nil, fmt.Errorf("ALTA_SECRET: %w", err)
	}
	return keys, nil
}

func (f *StorageFlags) secretPath() string { return filepath.Join(f.DataDir, "secret.key") }

// secretFile reads the secret at path. If there is no file, it creates one. If
// several processes start at once, one of them creates it and all read it.
func secretFile(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err == nil {
		return strings.TrimSpace(string(text)), nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", err
	}
	if err := writeSecret(path); err != nil {
		return "", err
	}
	text, err = os.ReadFile(path)
	return strings.TrimSpace(string(text)), err
}

// writeSecret writes a new secret to a temporary file and links it to path, so
// that a reader never sees half a secret. The link fails if another process was
// faster.
func writeSecret(path string) error {
	secret := make([]byte, 48)
	if _, err := rand.Read(secret); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".secret-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	_, err = file.WriteString(base64.StdEncoding.EncodeToString(secret) + "\n")
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := os.Link(file.Name(), path); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return nil
}
