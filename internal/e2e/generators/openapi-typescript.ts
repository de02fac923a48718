// What people do with a new account, by openapi-fetch and the types of openapi-typescript.
import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { paths } from "./generated/openapi-typescript";

async function walk(): Promise<void> {
  const baseUrl = process.env.ALTA_URL;
  const anyone = createClient<paths>({ baseUrl });
  const credentials = { email: "types@example.com", password: "SecurePass123!" };
  const registered = await anyone.POST("/api/auth/register", {
    body: { ...credentials, firstName: "Ada", lastName: "Lovelace", currency: "USD" },
  });
  assert.equal(registered.data?.user.email, credentials.email);
  const session = await anyone.POST("/api/auth/login", { body: credentials });
  const owner = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${session.data?.token}` } });

  const [wallet] = (await owner.GET("/api/accounts")).data ?? [];
  assert.ok(wallet?.type === "WALLET");
  const renamed = await owner.PATCH("/api/accounts/{id}", { params: { path: { id: wallet.id } }, body: { name: "Cash", type: null } });
  assert.equal(renamed.data?.name, "Cash");
  const made = await owner.POST("/api/transactions", {
    body: { type: "INCOME", amount: 25.5, accountId: wallet.id, description: "Salary" },
  });
  assert.ok(made.data?.amount === 25.5 && made.data.category === null);
  assert.ok((await owner.GET("/api/categories")).data?.data.some((category) => category.type === "EXPENSE"));

  const refused = await owner.POST("/api/transactions", { body: { type: "INCOME", amount: 0, accountId: wallet.id } });
  assert.deepEqual([refused.response.status, refused.error?.statusCode, refused.error?.message], [400, 400, ["Amount must be greater than 0"]]);
  const unknown = await owner.GET("/api/transactions/{id}", { params: { path: { id: "00000000-0000-4000-8000-000000000000" } } });
  assert.deepEqual([unknown.response.status, unknown.error?.error], [404, "Not Found"]);

  const csv: string | undefined = (await owner.GET("/api/reports/export/csv", { parseAs: "text" })).data;
  assert.ok(typeof csv === "string" && csv.includes("Salary"), "the CSV is no text");

  const developer = createClient<paths>({ baseUrl, headers: { "X-API-Key": process.env.ALTA_KEY } });
  const billed = await developer.GET("/api/v1/sandbox");
  assert.equal(billed.data?.auth_method, "api_key");
}

void walk();
