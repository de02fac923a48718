// What people do with a new account, by the client of orval. It takes the server's URL from the contract.
import assert from "node:assert/strict";
import { AxiosError } from "axios";
import {
  createTransaction, exportCSV, getSandbox, getTransaction, listAccounts, listCategories, loginAppUser, registerAppUser, updateAccount,
  type AppError,
} from "./generated/orval";

/** Returns the error that a call is answered with. */
async function refusal(call: Promise<unknown>): Promise<AppError> {
  const error: unknown = await call.then(() => assert.fail("the call succeeded"), (reason: unknown) => reason);
  assert.ok(error instanceof AxiosError && error.response !== undefined, String(error));
  return error.response.data as AppError;
}

async function walk(): Promise<void> {
  const credentials = { email: "orval@example.com", password: "SecurePass123!" };
  const registered = await registerAppUser({ ...credentials, firstName: "Ada", lastName: "Lovelace", currency: "USD" });
  assert.equal(registered.data.user.email, credentials.email);
  const { token } = (await loginAppUser(credentials)).data;
  const options = { headers: { Authorization: `Bearer ${token}` } };

  const [wallet] = (await listAccounts(options)).data;
  assert.ok(wallet?.type === "WALLET");
  assert.equal((await updateAccount(wallet.id, { name: "Cash", type: null }, options)).data.name, "Cash");
  const made = await createTransaction({ type: "INCOME", amount: 25.5, accountId: wallet.id, description: "Salary" }, options);
  assert.ok(made.data.amount === 25.5 && made.data.category === null);
  assert.ok((await listCategories({}, options)).data.data.some((category) => category.type === "EXPENSE"));

  const refused = await refusal(createTransaction({ type: "INCOME", amount: 0, accountId: wallet.id }, options));
  assert.deepEqual([refused.statusCode, refused.message], [400, ["Amount must be greater than 0"]]);
  const unknown = await refusal(getTransaction("00000000-0000-4000-8000-000000000000", options));
  assert.deepEqual([unknown.statusCode, unknown.error], [404, "Not Found"]);

  const csv: string = (await exportCSV({}, options)).data;
  assert.ok(typeof csv === "string" && csv.includes("Salary"), "the CSV is no text");

  const billed = await getSandbox({ headers: { "X-API-Key": process.env.ALTA_KEY } });
  assert.equal(billed.data.auth_method, "api_key");
}

void walk();
