// Answers that break off at each of their bytes, from a real server.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { test } from "node:test";
import { AltaError, ConnectionError, InvalidResponseError, createClient } from "alta-sdk";
import { answering, thrown } from "./harness.js";

const json = JSON.stringify({ message: "Login successful", token: "t", id: "1" });
const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n";
const forms = {
  "with a length": `${head}Content-Length: ${json.length}\r\n\r\n${json}`,
  "in chunks": `${head}Transfer-Encoding: chunked\r\n\r\n${json.length.toString(16)}\r\n${json}\r\n0\r\n\r\n`,
};

/** cutting starts a server that sends so many bytes of the answer to the first request of each connection, and then all of it. */
async function cutting(t, answer) {
  const state = { bytes: 0, cuts: 0, requests: [] };
  const server = createServer((socket) => {
    socket.on("error", () => {});
    let seen = "";
    socket.on("data", (data) => {
      const before = seen.length;
      seen += data;
      if (before > 0 || !seen.includes("\r\n\r\n")) return;
      state.requests.push(/^idempotency-key: (.*)$/im.exec(seen)?.[1]);
      if (state.cuts-- > 0) socket.write(answer.slice(0, state.bytes), () => socket.destroy());
      else socket.end(answer);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  return Object.assign(state, { baseURL: `http://127.0.0.1:${server.address().port}` });
}

for (const [form, answer] of Object.entries(forms)) {
  test(`an answer ${form} that breaks off`, async (t) => {
    const server = await cutting(t, answer);
    const client = createClient({ baseURL: server.baseURL, token: "t", maxWait: 0 });
    const account = { name: "Travel", type: "SAVINGS", currency: "EUR" };
    const credentials = { email: "user@example.com", password: "SecurePass123!" };
    for (let bytes = 0; bytes < answer.length; bytes++) {
      // Node.js 18 does not miss the end of a chunked body. Then the JSON decides, which is whole or not.
      const asked = answer.slice(0, bytes).includes(json) ? [1, 2] : [2];
      Object.assign(server, { bytes, cuts: 1, requests: [] });
      assert.deepEqual((await client.GET("/api/users/me")).data, JSON.parse(json), `a read, cut after ${bytes} bytes`);
      assert.ok(asked.includes(server.requests.length));

      Object.assign(server, { bytes, cuts: 1, requests: [] });
      await client.POST("/api/accounts", { body: account });
      assert.ok(asked.includes(server.requests.length));
      assert.ok(server.requests[0] && new Set(server.requests).size === 1, "another key");

      Object.assign(server, { bytes, cuts: 1, requests: [] });
      const error = await client.POST("/api/auth/login", { body: credentials }).then(() => "success", (reason) => reason);
      const known = error instanceof ConnectionError ? error.tries === 1 : error instanceof InvalidResponseError;
      assert.ok(known || (error === "success" && asked.includes(1)), `${error}, cut after ${bytes} bytes`);
      assert.equal(server.requests.length, 1);
    }
  });
}

test("an answer that breaks off each time", async (t) => {
  const server = await cutting(t, forms["with a length"]);
  Object.assign(server, { bytes: 120, cuts: Infinity });
  const error = await thrown(createClient({ baseURL: server.baseURL, token: "t", maxWait: 0 }).GET("/api/users/me"));
  assert.ok(error instanceof ConnectionError && error.tries === 4 && error.cause, String(error));
});

for (const [name, body] of [["a page", "<html>Log in to the network</html>"], ["nothing", ""], ["half of it", '{"id":'], ["no object", "null"]]) {
  test(`an answer that is ${name}`, async (t) => {
    const page = (response) => response.writeHead(200, { "Content-Type": "text/html", "X-Request-Id": "7" }).end(body);
    const { baseURL, requests } = await answering(t, page, page, { status: 200, body: [] });
    const client = createClient({ baseURL, token: "t", maxWait: 0 });
    assert.deepEqual((await client.GET("/api/accounts")).data, []);
    assert.equal(requests.length, 3);

    const other = await answering(t, page);
    const final = createClient({ baseURL: other.baseURL, token: "t", maxWait: 0 });
    const error = await thrown(final.GET("/api/accounts"));
    assert.ok(error instanceof InvalidResponseError && !(error instanceof AltaError), String(error));
    assert.deepEqual([error.name, error.body, error.requestID, error.response.status], ["InvalidResponseError", body, "7", 200]);
    assert.equal(other.requests.length, 4);
    await thrown(final.POST("/api/auth/login", { body: { email: "user@example.com", password: "SecurePass123!" } }));
    assert.equal(other.requests.length, 5);
    assert.equal((await final.GET("/api/accounts", { parseAs: "text" })).data, body);
  });
}

test("a failure whose body is no JSON keeps its status", async (t) => {
  const { baseURL } = await answering(t, (response) => response.writeHead(404, { "Content-Type": "text/html" }).end("<html>"));
  const error = await thrown(createClient({ baseURL, token: "t" }).GET("/api/accounts"));
  assert.ok(error instanceof AltaError && error.status === 404 && error.body === "<html>", String(error));
});
