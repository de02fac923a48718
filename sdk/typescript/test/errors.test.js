import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import {
  AltaError, ForbiddenError, InsufficientTokensError, NotFoundError, RateLimitedError, UnauthorizedError, ValidationError, createClient,
} from "alta-sdk";
import { setting, thrown } from "./harness.js";

const baseURL = setting("ALTA_URL");
const open = createClient({ baseURL });
const byKey = createClient({ baseURL, apiKey: setting("ALTA_SAMPLE_KEY") });
const poor = createClient({ baseURL, apiKey: setting("ALTA_POOR_KEY") });
const broken = { email: "no address", password: "short", firstName: "J", lastName: "Doe", currency: "USD" };

// The name, the call, the class of its error, and the error's properties.
for (const [name, call, type, want] of [
  ["no credential, at the app door", () => open.GET("/api/accounts"), UnauthorizedError,
    { status: 401, code: "unauthorized", message: "Unauthorized", operation: "GET /api/accounts" }],
  ["no credential, at the API door", () => open.GET("/api/v1/account/balance"), UnauthorizedError,
    { status: 401, code: "unauthorized", message: "Missing or invalid Authorization header / api_Token." }],
  ["an invalid key", () => createClient({ baseURL, apiKey: "alta_x" }).GET("/api/accounts"), UnauthorizedError, { status: 401, code: "unauthorized" }],
  ["a key for an operation that needs a session", () => byKey.GET("/api/v1/account/api-keys"), ForbiddenError, { status: 403, code: "forbidden" }],
  ["an unknown ID", () => byKey.GET("/api/categories/{id}", { params: { path: { id: randomUUID() } } }), NotFoundError,
    { status: 404, code: "category_not_found", message: "Category not found", tokens: { cost: 1 } }],
  ["broken rules, at the app door", () => open.POST("/api/auth/register", { body: broken }), ValidationError,
    { status: 400, code: "invalid_request", errors: [{ message: "email must be an email" }, { message: "La contraseña debe tener al menos 8 caracteres" },
      { message: "firstName must be longer than or equal to 2 characters" }] }],
  ["broken rules, at the API door", () => open.POST("/api/v1/auth/login", { body: { email: "none", password: "x" } }), ValidationError,
    { status: 400, code: "invalid_request", errors: [{ field: "email", message: "email must be an email" }] }],
  ["an error that breaks no rule", () => open.POST("/api/v1/auth/redeem-invite", { body: { code: "AAAAA-AAAAA-AAAAA-AAAAA" } }), AltaError,
    { name: "AltaError", status: 400, code: "invite_unknown", errors: [] }],
  ["too few tokens, at the API door", () => poor.GET("/api/v1/sandbox"), InsufficientTokensError,
    { status: 402, code: "insufficient_tokens", currentBalance: 3, requiredCost: 10, plan: "free", upgradeURL: `${baseURL}/pricing` }],
  ["too few tokens, at the app door", () => poor.GET("/api/reports/dashboard"), InsufficientTokensError,
    { status: 402, code: "insufficient_tokens", currentBalance: 3, requiredCost: 5, plan: "free" }],
]) {
  test(name, async () => {
    const error = await thrown(call());
    assert.ok(error instanceof type && error instanceof AltaError && error instanceof Error, error.stack);
    const { tokens, ...same } = want;
    assert.deepEqual(Object.fromEntries(Object.keys(same).map((key) => [key, error[key]])), same);
    assert.equal(error.tokens?.cost, tokens?.cost);
    assert.equal(error.message, want.message ?? error.message);
    assert.equal(error.requestID, error.headers.get("X-Request-Id"));
    assert.match(error.requestID, /^[0-9a-f-]{36}$/);
  });
}

test("the last token can be spent, but no more", async () => {
  for (const balance of [2, 1, 0]) assert.deepEqual((await poor.GET("/api/accounts")).tokens, { cost: 1, balance });
  const error = await thrown(poor.GET("/api/accounts"));
  assert.equal(error.currentBalance, 0);
  assert.ok(error.nextRefillAt.getTime() > Date.now());
});

test("a rate limit is an error, or is waited out", async () => {
  const apiKey = setting("ALTA_LIMITED_KEY");
  const hasty = createClient({ baseURL, apiKey, retries: 0 });
  let error;
  for (let call = 0; !error && call < 200; call++) {
    try {
      await hasty.GET("/api/accounts");
    } catch (thrown) {
      error = thrown;
    }
  }
  assert.ok(error instanceof RateLimitedError, String(error));
  assert.equal(error.code, "rate_limited");
  assert.ok(error.retryAfter >= 1 && error.retryAfter <= 60);
  const statuses = [];
  const watch = async (request) => {
    const response = await fetch(request);
    statuses.push(response.status);
    return response;
  };
  const patient = createClient({ baseURL, apiKey, fetch: watch, maxWait: 60 });
  while (!statuses.includes(429)) assert.equal((await patient.GET("/api/accounts")).response.status, 200);
  assert.deepEqual(statuses.slice(-2), [429, 200]);
});
