// What people do with a new account, by the client of @hey-api/openapi-ts. It takes the server's URL from the contract.
import assert from "node:assert/strict";
import {
  createTransaction, exportCsv, getSandbox, getTransaction, listAccounts, listCategories, loginAppUser, registerAppUser, updateAccount,
} from "./generated/heyapi";
import { client } from "./generated/heyapi/client.gen";

async function walk(): Promise<void> {
  const credentials = { email: "heyapi@example.com", password: "SecurePass123!" };
  const registered = await registerAppUser({ body: { ...credentials, firstName: "Ada", lastName: "Lovelace", currency: "USD" } });
  assert.equal(registered.data?.user.email, credentials.email);
  const session = await loginAppUser({ body: credentials });
  client.setConfig({ auth: ({ scheme }) => (scheme === "bearer" ? session.data?.token : undefined) });

  const [wallet] = (await listAccounts()).data ?? [];
  assert.ok(wallet?.type === "WALLET");
  const renamed = await updateAccount({ path: { id: wallet.id }, body: { name: "Cash", type: null } });
  assert.equal(renamed.data?.name, "Cash");
  const made = await createTransaction({ body: { type: "INCOME", amount: 25.5, accountId: wallet.id, description: "Salary" } });
  assert.ok(made.data?.amount === 25.5 && made.data.category === null);
  assert.ok((await listCategories()).data?.data.some((category) => category.type === "EXPENSE"));

  const refused = await createTransaction({ body: { type: "INCOME", amount: 0, accountId: wallet.id } });
  assert.deepEqual([refused.response.status, refused.error?.statusCode, refused.error?.message], [400, 400, ["Amount must be greater than 0"]]);
  const unknown = await getTransaction({ path: { id: "00000000-0000-4000-8000-000000000000" } });
  assert.deepEqual([unknown.response.status, unknown.error?.error], [404, "Not Found"]);

  const csv: string | undefined = (await exportCsv()).data;
  assert.ok(typeof csv === "string" && csv.includes("Salary"), "the CSV is no text");

  client.setConfig({ auth: ({ name }) => (name === "X-API-Key" ? process.env.ALTA_KEY : undefined) });
  const billed = await getSandbox();
  assert.equal(billed.data?.auth_method, "api_key");
}

void walk();
