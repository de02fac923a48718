import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { PreconditionFailedError, createClient } from "alta-sdk";
import { setting, thrown } from "./harness.js";

const baseURL = setting("ALTA_URL");
const open = createClient({ baseURL });
const password = "SecurePass123!";

test("the app door, from signing up to logging out", async () => {
  const email = "john.doe@example.com";
  const signUp = { body: { email, password, firstName: "John", lastName: "Doe", currency: "USD" } };
  const { data: session, response } = await open.POST("/api/auth/register", signUp);
  assert.equal(response.status, 201);
  assert.equal(session.user.email, email);

  const client = createClient({ baseURL, token: session.token });
  const { data: [wallet], tokens } = await client.GET("/api/accounts");
  assert.deepEqual([wallet.name, wallet.balance, tokens], ["Efectivo / Billetera", 0, undefined]);
  const deposit = { params: { path: { id: wallet.id } }, body: { amount: 100.1 } };
  assert.equal((await client.POST("/api/accounts/{id}/deposit", deposit)).data.balance, 100.1);
  assert.equal((await client.POST("/api/accounts/{id}/deposit", deposit)).data.balance, 200.2, "another call has another key");

  const file = await client.GET("/api/reports/export/csv");
  assert.ok(file.data instanceof Blob && file.data.type.startsWith("text/csv"));
  assert.equal((await file.data.text()).trim().split("\n").length, 3);
  const stream = await client.GET("/api/reports/export", { parseAs: "stream" });
  let length = 0;
  for await (const chunk of stream.data) length += chunk.length;
  assert.ok(length > 1000);

  assert.equal((await client.POST("/api/v1/auth/logout")).response.status, 200);
  assert.equal((await thrown(client.GET("/api/auth/profile"))).status, 401);
});

test("two programs that have read the same account", async () => {
  const signUp = { body: { email: "two.tabs@example.com", password, firstName: "John", lastName: "Doe", currency: "USD" } };
  const client = createClient({ baseURL, token: (await open.POST("/api/auth/register", signUp)).data.token });
  const { data: made, etag } = await client.POST("/api/accounts", { body: { name: "Trips", type: "SAVINGS", currency: "USD" } });
  const path = { id: made.id };
  assert.equal((await client.GET("/api/accounts/{id}", { params: { path } })).etag, etag);
  const rename = (name) => client.PATCH("/api/accounts/{id}", { params: { path, header: { "If-Match": etag } }, body: { name } });
  const changed = await rename("Cars");
  const error = await thrown(rename("Boats"));
  assert.ok(error instanceof PreconditionFailedError);
  assert.deepEqual([error.name, error.status, error.code], ["PreconditionFailedError", 412, "precondition_failed"]);
  const now = await client.GET("/api/accounts/{id}", { params: { path } });
  assert.deepEqual([now.data.name, now.etag], ["Cars", changed.etag]);
  assert.equal((await client.GET("/api/accounts")).etag, undefined, "a list has no tag");
});

test("the API door, up to the verification mail", async () => {
  const email = "developer@example.com";
  const { data: { invite_token } } = await open.POST("/api/v1/auth/redeem-invite", { body: { code: setting("ALTA_INVITE") } });
  const { data } = await open.POST("/api/v1/auth/register", { body: { email, password, invite_token } });
  assert.equal(data.message, "Register user successful");
  const error = await thrown(open.POST("/api/v1/auth/login", { body: { email, password } }));
  assert.deepEqual([error.name, error.status, error.code], ["AltaError", 400, "email_unverified"]);
});

test("a key: costs, balance, and a repeated call that is charged once", async () => {
  const client = createClient({ baseURL, apiKey: setting("ALTA_KEY") });
  const { data: before } = await client.GET("/api/v1/account/balance");
  const { tokens, requestID } = await client.GET("/api/v1/sandbox");
  assert.deepEqual(tokens, { cost: 10, balance: before.current_balance - 10 });
  assert.match(requestID, /^[0-9a-f-]{36}$/);

  const twice = { body: { name: "Travel", type: "SAVINGS", currency: "EUR" }, params: { header: { "Idempotency-Key": randomUUID() } } };
  const first = await client.POST("/api/accounts", twice);
  const second = await client.POST("/api/accounts", twice);
  assert.deepEqual(second.data, first.data);
  const { data: accounts } = await client.GET("/api/accounts");
  assert.equal(accounts.filter((account) => account.name === "Travel").length, 1);
  const { data: after } = await client.GET("/api/v1/account/balance");
  assert.equal(after.current_balance, before.current_balance - 12);

  const other = await thrown(client.POST("/api/accounts", { ...twice, body: { ...twice.body, name: "Trip" } }));
  assert.deepEqual([other.status, other.errors.length], [422, 0]);
  const path = { params: { path: { id: first.data.id } } };
  assert.equal((await client.PATCH("/api/accounts/{id}", { ...path, body: { name: "Trip" } })).data.name, "Trip");
  assert.equal((await client.DELETE("/api/accounts/{id}", path)).response.status, 200);
});

test("sessions end with a response without a body", async () => {
  const client = createClient({ baseURL, token: setting("ALTA_TOKEN") });
  const { data: { sessions: [session] } } = await client.GET("/api/v1/auth/sessions");
  const { data, response } = await client.DELETE("/api/v1/auth/sessions/{id}", { params: { path: { id: session.id } } });
  assert.deepEqual([data, response.status], [undefined, 204]);
});
