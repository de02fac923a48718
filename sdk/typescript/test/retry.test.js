import assert from "node:assert/strict";
import { test } from "node:test";
import { AltaError, ConnectionError, ConflictError, RateLimitedError, UnavailableError, createClient } from "alta-sdk";
import { answering, thrown } from "./harness.js";

const ok = { status: 200, body: [] };
const busy = { status: 503, body: { statusCode: 503, message: "The server is busy. Try again shortly." } };
const busyFor = (seconds) => ({ ...busy, headers: { "Retry-After": String(seconds) } });
const limited = (after) => ({ status: 429, headers: { "Retry-After": after }, body: { statusCode: 429, message: "Rate limit exceeded" } });
const running = { status: 409, body: { message: "still being processed", code: "idempotency_conflict", request_id: "1" } };
const runningAtTheApp = { status: 409, headers: { "Alta-Error": "idempotency_conflict" }, body: { statusCode: 409, message: "still being processed" } };
const taken = { status: 409, body: { statusCode: 409, message: "El email ya está registrado", error: "Conflict" } };
const broken = { status: 500, body: { statusCode: 500, message: "Internal server error" } };
const mailFailed = { status: 500, headers: { "Alta-Error": "mail_failed" }, body: { message: "Account created, but", code: "mail_failed", request_id: "1" } };
const gateway = { status: 502, headers: { "Content-Type": "text/html" } };

// Calls of an operation that reads, of one that takes an Idempotency-Key, of one that takes none, and of one that takes If-Match instead.
const calls = {
  read: (client, init) => client.GET("/api/accounts", init),
  keyed: (client, init) => client.POST("/api/accounts", { body: { name: "Travel", type: "SAVINGS", currency: "EUR" }, ...init }),
  tagged: (client, init) => client.PUT("/api/v1/user/", { body: {}, params: { header: { "If-Match": "*" } }, ...init }),
  plain: (client, init) => client.POST("/api/auth/login", { body: { email: "user@example.com", password: "SecurePass123!" }, ...init }),
};

// The call, the server's answers, the number of attempts, and the class of the error.
for (const [call, answers, asked, error] of [
  ["read", [busyFor(0), ok], 2],
  ["read", [busy, broken, gateway, ok], 4],
  ["read", ["reset", ok], 2],
  ["read", [busy], 4, UnavailableError],
  ["read", ["reset"], 4, ConnectionError],
  ["read", [{ status: 404 }, ok], 1, AltaError],
  ["read", [limited("0"), ok], 2],
  ["read", [limited(new Date().toUTCString()), ok], 2],
  ["read", [limited("3600"), ok], 1, RateLimitedError],
  ["read", [limited(new Date(Date.now() + 3_600_000).toUTCString()), ok], 1, RateLimitedError],
  ["read", [limited("soon"), ok], 2],
  ["keyed", [busy, ok], 2],
  ["keyed", [broken, "reset", ok], 3],
  ["keyed", [running, runningAtTheApp, ok], 3],
  ["keyed", [taken, ok], 1, ConflictError],
  ["keyed", [mailFailed, ok], 1, AltaError],
  ["tagged", [busyFor(0), ok], 2],
  ["tagged", ["reset", ok], 1, ConnectionError],
  ["tagged", [broken, ok], 1, AltaError],
  ["plain", [busyFor(0), ok], 2],
  ["plain", [limited("0"), ok], 2],
  ["plain", [busy, ok], 1, UnavailableError],
  ["plain", [broken, ok], 1, AltaError],
  ["plain", ["reset", ok], 1, ConnectionError],
]) {
  const name = `${call}: ${answers.map((answer) => answer.status ?? answer)} takes ${asked} attempts`;
  test(name, async (t) => {
    const { baseURL, requests } = await answering(t, ...answers);
    const made = calls[call](createClient({ baseURL, token: "t", maxWait: 0.02 }));
    if (error) assert.ok((await thrown(made)) instanceof error);
    else assert.deepEqual((await made).data, []);
    assert.equal(requests.length, asked);
    for (const request of requests) assert.deepEqual(request.body, requests[0].body);
    const keys = new Set(requests.map((request) => request.headers["idempotency-key"]));
    assert.equal(keys.size, 1);
    if (call === "keyed") assert.match([...keys][0], /^[0-9a-z-]{30,}$/);
    else assert.deepEqual([...keys], [undefined]);
  });
}

test("each call has its own key, unless the caller gives one", async (t) => {
  const { baseURL, requests } = await answering(t, ok);
  const client = createClient({ baseURL });
  const body = { name: "Travel", type: "SAVINGS", currency: "EUR" };
  await client.POST("/api/accounts", { body });
  await client.POST("/api/accounts", { body });
  await client.POST("/api/accounts", { body, params: { header: { "Idempotency-Key": "mine" } } });
  await client.GET("/api/accounts", { headers: { "Idempotency-Key": "also mine" } });
  const keys = requests.map((request) => request.headers["idempotency-key"]);
  assert.notEqual(keys[0], keys[1]);
  assert.deepEqual(keys.slice(2), ["mine", "also mine"]);
});

test("a call with the caller's key is repeated, whatever its method", async (t) => {
  const { baseURL, requests } = await answering(t, "reset", ok);
  const client = createClient({ baseURL, maxWait: 0.02 });
  const params = { path: { id: "1" }, header: { "Idempotency-Key": "mine" } };
  await client.PATCH("/api/accounts/{id}", { params, body: { name: "Trip" } });
  assert.deepEqual(requests.map((request) => request.headers["idempotency-key"]), ["mine", "mine"]);
});

test("retries can be fewer, or none", async (t) => {
  for (const retries of [0, 1]) {
    const { baseURL, requests } = await answering(t, "reset");
    const error = await thrown(createClient({ baseURL, retries, maxWait: 0.02 }).GET("/api/accounts"));
    assert.equal(error.tries, retries + 1);
    assert.ok(error.cause instanceof TypeError);
    assert.equal(requests.length, retries + 1);
  }
});

test("a signal ends the wait", async () => {
  const abort = new AbortController();
  let asked = 0;
  const fetch = async () => {
    asked++;
    setImmediate(() => abort.abort(new Error("enough"))); // during the wait
    return new Response(null, { status: 503, headers: { "Retry-After": "1000" } });
  };
  const client = createClient({ baseURL: "https://alta.example.com", fetch, maxWait: 2000 });
  const error = await thrown(calls.read(client, { signal: abort.signal }));
  assert.deepEqual([error.message, asked], ["enough", 1]);
});

for (const call of Object.keys(calls)) {
  test(`${call}: a signal ends it, in flight and before it starts`, async (t) => {
    const abort = new AbortController();
    const { baseURL, requests } = await answering(t, () => abort.abort(new Error("enough"))); // without an answer
    const client = createClient({ baseURL });
    for (let time = 0; time < 2; time++) {
      assert.equal((await thrown(calls[call](client, { signal: abort.signal }))).message, "enough");
    }
    assert.equal(requests.length, 1);
  });
}
