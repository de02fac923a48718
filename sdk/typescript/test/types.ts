// Code for Node.js that the compiler has to accept, and lines that it has to refuse. It is not run.
import { AltaError, createClient, type Client, type components, type Result } from "alta-sdk";

const baseURL = "https://alta.example.com";
createClient({ baseURL });
createClient({ baseURL, token: "t", retries: 0, maxWait: 5, credentials: "include" });
createClient({ baseURL, fetch: globalThis.fetch });
// @ts-expect-error one credential only
createClient({ baseURL, apiKey: "k", token: "t" });
// @ts-expect-error an environment variable may not be set
createClient({ baseURL, apiKey: undefined as string | undefined });
// @ts-expect-error the URL is missing
createClient({ apiKey: "k" });

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function is<A, B>(_same: Same<A, B>): void {}

export async function calls(client: Client): Promise<void> {
  const accounts = await client.GET("/api/accounts");
  is<(typeof accounts.data)[number], components["schemas"]["Account"]>(true);
  const balance: number | undefined = accounts.data[0]?.balance;
  // @ts-expect-error the list may be empty
  const sure: number = accounts.data[0].balance;
  const left: number | undefined = accounts.tokens?.balance;
  // @ts-expect-error errors are thrown
  accounts.error;

  const body = { name: "Travel", type: "SAVINGS", currency: "EUR" } as const;
  await client.POST("/api/accounts", { body, params: { header: { "Idempotency-Key": "mine" } } });
  // @ts-expect-error not a type of accounts
  await client.POST("/api/accounts", { body: { ...body, type: "PIGGY_BANK" } });
  // @ts-expect-error the body is missing
  await client.POST("/api/accounts");
  // @ts-expect-error the id is missing
  await client.DELETE("/api/accounts/{id}");
  // @ts-expect-error not a path of Alta
  await client.GET("/api/nothing");
  // @ts-expect-error not a method of the path
  await client.DELETE("/api/accounts");

  is<typeof file, Result<Blob>>(true);
  const file = await client.GET("/api/reports/export/csv", { params: { query: { accountId: "null" } } });
  const stream = await client.GET("/api/reports/export", { parseAs: "stream" });
  const chunks: ReadableStream | null = stream.data;
  const gone = await client.DELETE("/api/v1/auth/sessions/{id}", { params: { path: { id: "1" } } });
  is<typeof gone.data, undefined>(true);
  void [balance, sure, left, chunks];
}

export function codes(error: AltaError): boolean {
  return error.code === "email_taken" || error.code === "a code that is new";
}
