import assert from "node:assert/strict";
import { test } from "node:test";
import { createClient } from "alta-sdk";
import { answering, thrown } from "./harness.js";

const baseURL = "http://127.0.0.1:1";

for (const [name, options, message] of [
  ["two credentials", { baseURL, apiKey: "secret", token: "secret" }, "give apiKey or token, not both"],
  ["an empty key", { baseURL, apiKey: "" }, "apiKey has to be text of visible ASCII characters"],
  ["a key with a line break", { baseURL, apiKey: "secret\n" }, "apiKey has to be text of visible ASCII characters"],
  ["a token that is null", { baseURL, token: null }, "token has to be text of visible ASCII characters"],
  ["no URL", {}, "baseURL has to be"],
  ["a path", { baseURL: "/api" }, "baseURL has to be"],
  ["another scheme", { baseURL: "ftp://alta.example.com" }, "baseURL has to be"],
  ["a password in the URL", { baseURL: "https://user:secret@alta.example.com" }, "baseURL has to be"],
  ["a query", { baseURL: "https://alta.example.com?apiKey=secret" }, "baseURL has to be"],
  ["an empty query", { baseURL: "https://alta.example.com/?" }, "baseURL has to be"],
  ["an empty fragment", { baseURL: "https://alta.example.com/#" }, "baseURL has to be"],
  ["an empty user", { baseURL: "https://@alta.example.com" }, "baseURL has to be"],
  ["half a retry", { baseURL, retries: 0.5 }, "retries has to be"],
  ["negative retries", { baseURL, retries: -1 }, "retries has to be"],
  ["an endless wait", { baseURL, maxWait: Infinity }, "maxWait has to be"],
  ["a wait that is not a number", { baseURL, maxWait: NaN }, "maxWait has to be"],
]) {
  test(`${name} is refused`, () => {
    assert.throws(() => createClient(options), (error) => {
      assert.ok(error instanceof TypeError && error.message.startsWith(message) && !error.message.includes("secret"), error.message);
      return true;
    });
  });
}

test("the credential is in its header, and cookies are not sent with it", async () => {
  const requests = [];
  const fetch = async (request) => (requests.push(request), Response.json([]));
  for (const credential of [{ apiKey: "k" }, { token: "t" }, {}]) {
    await createClient({ baseURL, fetch, ...credential }).GET("/api/accounts");
  }
  await createClient({ baseURL, fetch, credentials: "include" }).GET("/api/accounts");
  assert.deepEqual(requests.map(({ headers, credentials }) => [headers.get("X-API-Key"), headers.get("Authorization"), credentials]), [
    ["k", null, "omit"], [null, "Bearer t", "omit"], [null, null, "same-origin"], [null, null, "include"],
  ]);
});

test("a base URL with a path and a slash at its end", async (t) => {
  const server = await answering(t, { status: 200, body: [] });
  for (const base of [server.baseURL, `${server.baseURL}/`, `${server.baseURL}/alta`, `${server.baseURL}/alta/`, `${server.baseURL}/a%2Fb%20c/`]) {
    await createClient({ baseURL: base }).GET("/api/accounts");
  }
  const paths = server.requests.map((request) => request.path);
  assert.deepEqual(paths, ["/api/accounts", "/api/accounts", "/alta/api/accounts", "/alta/api/accounts", "/a%2Fb%20c/api/accounts"]);
});

test("a key is not sent to the target of a redirection", async (t) => {
  const other = await answering(t, { status: 200, body: [] });
  const server = await answering(t, { status: 302, headers: { Location: `${other.baseURL}/api/accounts` } });
  const error = await thrown(createClient({ baseURL: server.baseURL, apiKey: "k" }).GET("/api/accounts"));
  assert.equal(error.status, 302);
  assert.equal(error.headers.get("Location"), `${other.baseURL}/api/accounts`);
  assert.equal(error.message, "GET /api/accounts was answered 302");
  assert.equal(other.requests.length, 0);
});

test("a response of a proxy is an error, too", async (t) => {
  const server = await answering(t, { status: 400, headers: { "Content-Type": "text/html" }, body: "<h1>Bad Request</h1>" });
  const error = await thrown(createClient(server).POST("/api/auth/login", { body: { email: "user@example.com", password: "x" } }));
  assert.equal(error.name, "AltaError");
  assert.deepEqual([error.status, error.code, error.requestID, error.errors, error.tokens], [400, undefined, undefined, [], undefined]);
  assert.equal(error.body, "<h1>Bad Request</h1>");
});

// The body, the header, and the code of the error.
for (const [name, body, header, code] of [
  ["the API door", { message: "Locked", code: "locked", request_id: "1" }, "locked", "locked"],
  ["the app door", { statusCode: 404, message: "Account not found", error: "Not Found" }, "account_not_found", "account_not_found"],
  ["the body before the header", { message: "Locked", code: "locked" }, "forbidden", "locked"],
  ["no body", undefined, "internal", "internal"],
  ["an unknown code", { message: "New" }, "brand_new", "brand_new"],
  ["neither", { message: "Teapot" }, undefined, undefined],
]) {
  test(`the code of an error: ${name}`, async (t) => {
    const server = await answering(t, { status: 418, headers: header && { "Alta-Error": header }, body });
    const error = await thrown(createClient(server).GET("/api/accounts"));
    assert.equal(error.code, code);
  });
}

test("middleware sees a call once", async (t) => {
  const server = await answering(t, "reset", { status: 200, body: [] });
  const client = createClient({ baseURL: server.baseURL, maxWait: 0.02 });
  const seen = [];
  client.use({ onRequest: ({ schemaPath }) => void seen.push(schemaPath), onResponse: ({ response }) => void seen.push(response.status) });
  await client.GET("/api/accounts");
  assert.deepEqual(seen, ["/api/accounts", 200]);
});
