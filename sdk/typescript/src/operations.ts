// Made from openapi.yaml by `make sdk`. Do not edit.

/** The operations that change something and take an Idempotency-Key. */
export const keyed: ReadonlySet<string> = new Set([
  "POST /api/auth/register",
  "POST /api/accounts",
  "DELETE /api/accounts/{id}",
  "PATCH /api/accounts/{id}",
  "POST /api/accounts/transfer",
  "POST /api/accounts/{id}/deposit",
  "POST /api/transactions",
  "DELETE /api/transactions/{id}",
  "PATCH /api/transactions/{id}",
  "POST /api/categories",
  "POST /api/budgets",
  "DELETE /api/budgets/{id}",
  "PATCH /api/budgets/{id}",
  "POST /api/categories/seed",
  "DELETE /api/categories/{id}",
  "PATCH /api/categories/{id}",
  "POST /api/v1/auth/register",
  "POST /api/v1/admin/invites",
  "POST /api/v1/account/api-keys",
  "POST /api/v1/account/api-keys/{id}/rotate",
  "POST /api/v1/account/activate",
  "POST /api/v1/admin/users/{id}/grants",
]);

/** How answers that are no JSON are read. */
export const parsedAs = {
  "GET /api/reports/export": "blob",
  "GET /api/reports/export/csv": "blob",
  "GET /api/reports/export/pdf/table": "blob",
  "GET /api/reports/export/pdf/visual": "blob",
  "GET /metrics": "text",
} as const;
