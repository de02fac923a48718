// Made from openapi.yaml by `make sdk`. Do not edit.

export interface paths {
    "/api/auth/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Register User
         * @description Creates an account at the app door and logs the user in, atomically: if any part fails, nothing is created.
         *
         *     The email address is lower-cased but not trimmed, and its mailbox is unique across both doors. The returned
         *     JWT should be stored securely and sent as `Authorization: Bearer` with later requests. Browsers get the same
         *     session in an `HttpOnly` cookie.
         */
        post: operations["registerAppUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Log in
         * @description Exchanges an email address and a password for a session. An unknown address, a wrong password and an account
         *     without a password get the same response, in the same time.
         *
         *     After 5, 10 and 20 failures in a row the address is locked for 60, 300 and 3,600 seconds. During a lock even the
         *     right password gets 429 with `Retry-After`. Unknown addresses are counted in the same way. A user has at most
         *     100 sessions at both doors together: a login beyond that ends the oldest one.
         */
        post: operations["loginAppUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/profile": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the logged-in user
         * @description Returns the user of the session. A session that has ended is rejected, even if its JWT has not expired.
         */
        get: operations["getSessionUser"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/google": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Sign in with Google
         * @description For browsers: redirects to Google, where users authenticate, and from there to `GET /api/auth/google/callback`.
         *     This is the authorization code flow with PKCE and a nonce, for the scopes `openid`, `email` and `profile`. It
         *     must be completed once, within ten minutes, in the browser that started it. An `HttpOnly`, `SameSite=Lax` cookie
         *     identifies that browser.
         *
         *     If Google cannot be reached, the browser is redirected to `{frontend}/login?error=auth_failed`. A server without
         *     `ALTA_OIDC_CLIENT_ID` responds with 404.
         */
        get: operations["startGoogleSignIn"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/google/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Complete the sign-in with Google
         * @description Google redirects browsers here. A user whose email address Google has verified is logged in:
         *
         *     - If Google has identified the user here before, it is the same user, even if the address has changed since.
         *     - If the address has an account here, the account is linked: its auth provider becomes `GOOGLE` and its picture
         *       is Google's. Every session ends, and the browsers that have logged in are forgotten. Somebody else may have
         *       created the account, even if the address is verified: a click in an email proves the address, not whose
         *       sign-up it was. So the password is removed and every API key is revoked, unless the password was chosen by a
         *       link in an email. One email says so.
         *     - In all other cases an account without a password is created, with the names and the picture from Google, the
         *       currency ARS, the default wallet and the default categories.
         *
         *     The browser is then redirected to `{frontend}/oauth/callback?token={jwt}` if the frontend has another origin,
         *     and to `/app` if the server itself is the frontend. The session cookie is set in both cases. Every failure
         *     redirects to `{frontend}/login?error=auth_failed`: denied consent; a state that is forged, used, expired or from
         *     another browser; an invalid ID token; an unverified address; an account that is suspended or linked to another
         *     Google account.
         */
        get: operations["finishGoogleSignIn"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the current user
         * @description Returns the caller's complete record, without the password hash and other internal fields.
         */
        get: operations["getMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Update the current user
         * @description Changes the fields that are sent and keeps the others. `null` counts as not sent. Only the fields below can be
         *     changed here; `email`, `role` and all other names are rejected.
         *
         *     If `fiscalStartDay` is 15, January runs from 15 January to 14 February in budgets, reports and the dashboard.
         *     Changing `currency` does not change existing accounts or amounts. Budgets stay the same numbers; if the currency
         *     has fewer decimals, each becomes the nearest amount of at least one unit. Changing `timezone` moves no day:
         *     transactions and targets that were given a date without a time stay on that day, and their instants move to its
         *     start.
         */
        patch: operations["updateMe"];
        trace?: never;
    };
    "/api/users/me/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export your own data
         * @description Returns everything that the server stores about the caller, as one JSON document that shows a single moment: the
         *     profile, accounts, categories, transactions (including deleted ones), budgets, sessions, masked API keys, tokens
         *     and what they were spent on, audit events, and which emails were sent. Passwords, keys and tokens are stored
         *     only as digests and are not included. Actions of other users appear without those users' data.
         */
        get: operations["exportMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/me/deletion": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Delete your own account
         * @description Deletes the caller's account at once and permanently. The email address can be used for a new account.
         *
         *     The request must contain the password. Wrong passwords count as failed log-ins. Accounts without a password,
         *     which log in with another provider, omit it; the response is 429 if their mailbox has got too many emails.
         */
        post: operations["deleteMe"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/users/me/deletion/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Delete an account by email
         * @description Redeems the token of a deletion email and deletes the account as `POST /api/users/me/deletion` does. The token
         *     works once. It is sufficient proof, so no session is needed.
         */
        post: operations["confirmDeletion"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List users, newest first
         * @description Returns one page of all users as a plain array, newest first. `X-Total-Count` is the total number of users.
         *     Deleted users are not listed.
         */
        get: operations["adminListUsers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete a user
         * @description Deletes the user at once, as `POST /api/users/me/deletion` does. Administrators delete their own accounts with
         *     that operation and their password.
         */
        delete: operations["adminDeleteUser"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/users/{id}/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Start a password reset
         * @description Sends the user an email with a link to choose a new password, as `POST /api/v1/auth/forgetpassword` does. While
         *     a link is valid, no second email is sent. If the user's mailbox has got too many emails, the response is 429.
         *     Administrators never set or see a password, so the body is empty or `{}`.
         */
        patch: operations["adminResetPassword"];
        trace?: never;
    };
    "/api/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List accounts
         * @description Returns every account of the caller, oldest first, of which there are at most 200. Registration creates the
         *     first one, the default wallet. `progress` is the percentage of a savings goal that is reached, as a whole
         *     number.
         */
        get: operations["listAccounts"];
        put?: never;
        /**
         * Create an account
         * @description Creates an account with a balance of 0. `balance`, `isDefault` and `userId` cannot be sent. A `targetDate`
         *     without an offset is in the caller's time zone. `targetAmount` and `targetDate` are meant for savings accounts,
         *     which then have `progress`. A user has at most 200 accounts.
         */
        post: operations["createAccount"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/accounts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an account
         * @description Returns the account with its balance and the progress of its savings goal.
         */
        get: operations["getAccount"];
        put?: never;
        post?: never;
        /**
         * Delete an account
         * @description Deletes the account permanently and returns its last state. The default account, which registration created,
         *     cannot be deleted.
         */
        delete: operations["deleteAccount"];
        options?: never;
        head?: never;
        /**
         * Update an account
         * @description Changes the fields that are sent and keeps the others; the balance never changes. `null` clears `color`, `icon`,
         *     `targetAmount` and `targetDate`, and counts as not sent for all other fields. An account that has ever had a
         *     transaction, even a deleted one, keeps its currency. A credit card with a negative balance keeps its type,
         *     unless the account has `allowNegative`.
         */
        patch: operations["updateAccount"];
        trace?: never;
    };
    "/api/accounts/transfer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Transfer between accounts
         * @description Moves an amount between two accounts of the caller that have the same currency. A transfer is one event: its two
         *     transactions are deleted together, and reports count them neither as income nor as expense.
         *
         *     The ids may also be named `sourceAccountId` and `targetAccountId`. A body that mixes the two spellings is
         *     rejected. The source needs sufficient funds, unless it is a credit card or has `allowNegative`.
         *
         *     A user has at most 1,000,000 transactions. The first transfer also makes their category, if there is room for it
         *     in the caller's 1,000.
         */
        post: operations["transferBetweenAccounts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/accounts/{id}/deposit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deposit into an account
         * @description Adds an amount to an account. The transaction has the given description, or `Depósito manual`, in the user's language. A user has at most 1,000,000 transactions.
         */
        post: operations["depositIntoAccount"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/transactions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List transactions
         * @description Returns one page of the caller's transactions, latest date first. Of transactions with the same date, the one
         *     that was created last comes first. Filters can be combined. `startDate` and `endDate` take precedence over
         *     `month` and `year`, which follow the user's fiscal calendar: if `fiscalStartDay` is 15, January runs from
         *     15 January to 14 February. Dates without an offset are in the user's time zone.
         */
        get: operations["findTransactions"];
        put?: never;
        /**
         * Create a transaction
         * @description Records income or an expense. A transaction that lowers the balance needs sufficient funds, unless the account
         *     is a credit card or has `allowNegative`. A new account is empty: send its `openingBalance` with its first
         *     expense, or deposit first. A `TRANSFER` created here has no counterpart: see `POST /api/accounts/transfer`.
         *
         *     The currency is the account's; if one is sent, it must be the same. The category's type must be the
         *     transaction's type or `BOTH`.
         *
         *     A `date` without a time is a day, and stays that day if the user's time zone changes. Responses show the instant
         *     at which the day starts in the present zone. A `date` with a time is an instant; without an offset, it is in the
         *     user's time zone.
         *
         *     A user has at most 1,000,000 transactions. A transfer is two of them, and so is an expense with an
         *     `openingBalance`.
         */
        post: operations["createTransaction"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/transactions/balance": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the net worth
         * @description Returns the total of the caller's accounts in each currency. Amounts are not converted.
         */
        get: operations["getNetWorth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/transactions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a transaction
         * @description Returns the transaction with its account and its category. Deleted transactions are not found.
         */
        get: operations["getTransaction"];
        put?: never;
        post?: never;
        /**
         * Delete a transaction
         * @description Removes the transaction from every list and report. Income that has been spent cannot be deleted, except on a
         *     credit card. Neither can a transaction whose account has been deleted.
         */
        delete: operations["deleteTransaction"];
        options?: never;
        head?: never;
        /**
         * Update a transaction
         * @description Changes the fields that are sent and keeps the others. The new values are checked like those of a new
         *     transaction. `null` clears `description` and `categoryId`, and counts as not sent for all other fields. If the
         *     new account has another currency, `currency` must be sent, too. A transaction on a day stays on it if `date` is
         *     the instant that the response shows.
         *
         *     The amount, account, type and date of a transfer between accounts cannot be changed: delete it and create it
         *     again. If one of its accounts has been deleted, the transaction in the other one is changed like any other, and
         *     with another type it is a transfer no longer.
         */
        patch: operations["updateTransaction"];
        trace?: never;
    };
    "/api/categories": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List categories
         * @description Returns the caller's categories as a flat list, ordered by name; `parentId` defines the tree. Deleted categories
         *     are not listed. Registration creates 24 categories, more than the default page of 20.
         */
        get: operations["listCategories"];
        put?: never;
        /**
         * Create a category
         * @description Creates a category, or a subcategory if `parentId` is sent. There are two levels. A name is unique, and
         *     case-sensitive, among the existing categories of the same type and parent; top-level categories count as having
         *     the same parent. A subcategory has its parent's type, unless the parent has the type `BOTH`.
         *
         *     A user has at most 1,000 categories, subcategories included. Deleted categories do not count, except that at
         *     most 1,000 may have transactions or budgets that still refer to them.
         */
        post: operations["createCategory"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/reports/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export transactions as an Excel workbook
         * @description Returns the latest 2,000 transactions, or with `all=true` every one, newest first, that match the
         *     filters, which are those of the list of transactions. Deleted ones are left out. `X-Total-Count` is the total;
         *     `X-Truncated: true` means that the file does not contain all of them. Then its last row has a note about that
         *     as its description, and is empty otherwise.
         *
         *     The workbook has one sheet, `Movimientos`, with the columns Fecha, Tipo, Categoría, Cuenta, Descripción, Monto
         *     and Moneda. It is in the user's language; in English, the sheet is `Transactions`. Dates are days in the user's
         *     time zone, amounts are numbers, and text is never a formula.
         */
        get: operations["exportWorkbook"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/reports/export/csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export transactions as CSV
         * @description Returns the latest 2,000 transactions, or with `all=true` every one, newest first, that match the
         *     filters, which are those of the list of transactions. Deleted ones are left out. `X-Total-Count` is the total;
         *     `X-Truncated: true` means that the file does not contain all of them. Then its last record has a note about that
         *     as its description, and is empty otherwise.
         *
         *     The file follows RFC 4180, in UTF-8 with a byte order mark, which Excel needs to recognize the encoding. It has
         *     the workbook's columns. Dates are `YYYY-MM-DD` in the user's time zone. A text that a spreadsheet would run as a
         *     formula starts with an apostrophe.
         */
        get: operations["exportCSV"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/reports/export/pdf/table": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export transactions as a PDF table
         * @description Returns the latest 2,000 transactions, newest first, that match the filters of the list. Deleted
         *     transactions are left out. `X-Total-Count` is the total number; `X-Truncated: true` means that the file does not
         *     contain all of them.
         *
         *     The PDF is A4 and in the user's language, with page numbers and the table heading on each page. Its font has
         *     Latin, Greek and Cyrillic characters; others appear as □. The workbook and the CSV file contain all characters.
         */
        get: operations["exportTablePDF"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/reports/export/pdf/visual": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export a financial report as a PDF
         * @description Returns the latest 2,000 transactions, newest first, that match the filters of the list. Deleted
         *     transactions are left out. `X-Total-Count` is the total number; `X-Truncated: true` means that the file does not
         *     contain all of them.
         *
         *     The table follows income, expenses and net, and a chart of expenses by top-level category. These cover all
         *     transactions, including those that do not fit in the table, but no transfers, in the user's currency or the
         *     account's. Other currencies have totals of their own. The PDF is A4 and in the user's language, with
         *     the characters of the table PDF.
         */
        get: operations["exportVisualPDF"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/budgets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the budgets and spending of a month
         * @description Returns every category of the caller as a tree, ordered by name, with its budget and spending in one month:
         *     `directSpent` in the category itself, `spent` including its subcategories. `month` and `year` each default to
         *     the current one.
         *
         *     Months follow the caller's fiscal calendar: if the fiscal start day is 15, January runs from 15 January to 14
         *     February in the caller's time zone. Only expenses in the caller's currency count; transfers between accounts do
         *     not. Spending in a deleted category counts in its parent. Spending without a category is in a last root,
         *     `Uncategorized`.
         *
         *     The status depends on the unrounded percentage: `OK` below 80 percent, `WARNING` below 100, `EXCEEDED` from 100,
         *     `UNBUDGETED` without a budget. `percentage` is rounded to a whole number, halves upwards.
         */
        get: operations["listBudgets"];
        put?: never;
        /**
         * Create a budget
         * @description Sets the amount that may be spent in a category in one month, in the caller's currency. A category has one
         *     budget per month.
         *
         *     The budgets of subcategories must not exceed their parent's in total. If the parent has a budget, a new budget
         *     of a subcategory must fit into the rest of it, and a new budget of the parent must be at least the sum of its
         *     subcategories'. If the parent has no budget, there is no limit. A user has at most 10,000 budgets over all
         *     months.
         */
        post: operations["createBudget"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/budgets/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a budget
         * @description Returns the budget without its spending, which `GET /api/budgets` has.
         */
        get: operations["getBudget"];
        put?: never;
        post?: never;
        /**
         * Delete a budget
         * @description Deletes the budget permanently and returns its last state. The budgets of subcategories are kept.
         */
        delete: operations["deleteBudget"];
        options?: never;
        head?: never;
        /**
         * Update a budget
         * @description Changes the fields that are sent and keeps the others; `null` counts as not sent. The changed budget must
         *     satisfy the rules of a new one, so it can only be moved to a category or month in which it could be created.
         */
        patch: operations["updateBudget"];
        trace?: never;
    };
    "/api/reports/dashboard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the income and expenses of a month
         * @description Returns income, expenses and their breakdown for one month; `month` and `year` each default to the current one.
         *     Months follow the caller's fiscal calendar: if the fiscal start day is 15, January runs from 15 January to 14
         *     February in the caller's time zone.
         *
         *     Totals are in the caller's currency, or in the account's if `accountId` is sent. Currencies are never mixed;
         *     `summary.byCurrency` has the others. Transfers are neither income nor expense. `totalAvailable` is the current
         *     balance of the accounts, for any month.
         *
         *     `chartData` has the expenses by top-level category, largest first. Expenses without a category, or in a deleted
         *     top-level category, are `Otros`. `expensesAnalysis` divides the expenses into those of fixed categories and all
         *     others.
         */
        get: operations["getDashboard"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/categories/seed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Seed the default categories
         * @description Creates the 24 default categories, as registration does, with names in the user's language. It is only for users
         *     without categories; deleted categories do not count.
         */
        post: operations["seedCategories"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/categories/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a category
         * @description Returns the category with its parent and its children, which are ordered by name.
         */
        get: operations["getCategory"];
        put?: never;
        post?: never;
        /**
         * Delete a category
         * @description Deletes the category and its subcategories.
         */
        delete: operations["deleteCategory"];
        options?: never;
        head?: never;
        /**
         * Update a category
         * @description Changes the fields that are sent and keeps the others. `null` clears `color` and `icon`, makes the category
         *     top-level if sent as `parentId`, and counts as not sent for all other fields. A category with children cannot
         *     become a subcategory. The type cannot change while the category has transactions or subcategories of another
         *     type. Under a parent with a budget, the budgets of all subcategories of each month must fit into the parent's.
         */
        patch: operations["updateCategory"];
        trace?: never;
    };
    "/api/v1/auth/redeem-invite": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Redeem an invite code
         * @description Exchanges an invite code for a short-lived JWT, which registration takes as `invite_token`. Redeeming does not
         *     use up the code: it works until the permitted number of accounts has been created with it. Case and surrounding
         *     spaces are ignored.
         */
        post: operations["redeemInvite"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Register a new user account
         * @description Invite-only: the body must include a valid `invite_token` from `POST /api/v1/auth/redeem-invite`. The JWT alone
         *     is not trusted: the server checks its code again and uses it in the transaction that creates the account. **If
         *     no account is created, the invite is not used up.**
         *
         *     EXEMPT (`cost: 0`): signing up and logging in never debit the token ledger. Only calls by API key do.
         *
         *     The **verification email** is mandatory. If it cannot be sent in time, the response is 500. The account then
         *     exists, delivery is retried for 24 hours, and `POST /api/v1/auth/resend-verification` sends a new link. The
         *     **welcome email** is best effort and never changes the response. After verification, `POST /api/v1/auth/login`
         *     returns a JWT. For a forgotten password, use `POST /api/v1/auth/forgetpassword`.
         *
         *     Without a `language`, the user's is the one that `Accept-Language` prefers, and the default wallet and the
         *     default categories have Spanish names.
         *
         *     The email address is lower-cased, and its mailbox is unique across both doors. It is used to log in and
         *     receives the verification email. The checks run in this order: the form of the request, the invite token, the
         *     state of its code, the address. So only people with an invite can find out whether an address is registered.
         */
        post: operations["registerDeveloper"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/verifyEmail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Open a verification link
         * @description The target of the link in a verification email. It changes nothing, so scanners that open every link of an email
         *     do no harm. It redirects to the page `/verify-email`, which asks for a click and then calls `POST
         *     /api/v1/auth/verifyEmail`. Other parameters, such as those that mail gateways add, are ignored.
         */
        get: operations["openVerification"];
        put?: never;
        /**
         * Verify an email address
         * @description Redeems the token of a verification email. The token works for 72 hours and five attempts, and until a newer
         *     verification email is sent. A token that has verified the address gets the same response again until it
         *     expires, so a second click or a repeated call is not a failure. It changes nothing.
         */
        post: operations["verifyEmail"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/verifyEmail/sign-up": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read which sign-up a link is about
         * @description Returns when and from where somebody signed up with the address that the token of a verification email is for.
         *     It uses nothing up. A click in an email proves an address, not whose sign-up it was: show this to the reader
         *     before the click, and offer to reject the sign-up.
         */
        post: operations["describeSignUp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/verifyEmail/reject": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reject a sign-up that was not yours
         * @description Redeems the token of a verification email for the owner of the address, who did not sign up: the account is
         *     deleted for good, with everything in it, and the address is free again. The token works once: it verifies the
         *     address or rejects the sign-up. After it has verified the address, choose a new password instead.
         */
        post: operations["rejectSignUp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/resend-verification": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a new verification link
         * @description The response and its timing are always the same, whether the address is unknown, verified or unverified. If it
         *     is unverified, a new link is sent and the previous one stops working. An address gets at most one such email per
         *     minute, counted from when the mail server accepted the last one, and at most 5 emails an hour and 10 a day of
         *     all kinds, unless the server's `ALTA_MAILBOX_CAP` sets other caps. Users of the app door can call it, too.
         */
        post: operations["resendVerification"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Log in
         * @description Exchanges an email address and a password for a session. An unknown address and a wrong password get the same
         *     response, in the same time. If the password is right but the address is not verified, the response is 400 and a
         *     new verification email is sent (at most one per minute).
         *
         *     After 5, 10 and 20 failures in a row the address is locked for 60, 300 and 3,600 seconds. During a lock even the
         *     right password gets 429 with `Retry-After`, and attempts do not count. A user has at most 2 sessions at this
         *     door, and at most 100 at both: a login beyond that ends the oldest one.
         */
        post: operations["loginDeveloper"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/forgetpassword": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Request a password reset
         * @description The response and its timing are always the same, whether the address is known or not. If it is known, a link
         *     that is valid for 24 hours is sent to it. While a link is valid, another request sends no second email. A
         *     mailbox gets at most 5 emails an hour and 10 a day of all kinds, unless the server's `ALTA_MAILBOX_CAP` sets
         *     other caps.
         */
        post: operations["forgetPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/verifyPasswordLink": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Open a reset link
         * @description The target of the link in a reset email. It changes nothing and redirects to the page `/reset-password`, which
         *     asks for the new password and then calls `PUT /api/v1/auth/newpassword`. Other parameters are ignored.
         */
        get: operations["openReset"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/newpassword": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Set a new password
         * @description Redeems the token of a reset email and stores the new password. The token works once. If the address was not
         *     verified, it is now. Because somebody else may have created such an account, its API keys are then revoked.
         *     Otherwise they go on working: `DELETE /api/v1/account/api-keys` revokes them all.
         */
        put: operations["newPassword"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Log out
         * @description Ends the session of this request, whichever door it was started at. If the session of the cookie has already ended, the response is 401, and it clears the cookie, too.
         */
        post: operations["logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List sessions
         * @description Returns the caller's active sessions, newest first, of which there are at most 100. `current` marks the session
         *     of this request. `last_seen_at` is accurate to the minute.
         */
        get: operations["listSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/auth/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End a session
         * @description Ends one of the caller's own sessions. Another user's session id is treated as unknown.
         */
        delete: operations["deleteSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/user/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the user record
         * @description Returns the caller's record as the API door shows it. `api_key` is the newest key, masked: keys are stored as
         *     digests and shown only once, when they are created.
         */
        get: operations["getDeveloper"];
        /**
         * Update notification preferences
         * @description Changes the fields that are sent and keeps the others. Only these fields can be changed here; all other names
         *     are rejected.
         */
        put: operations["updateDeveloper"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/user/notices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the choice of notices
         * @description Returns which emails the caller wants about what happens to the account. Emails about a new password, the role,
         *     a suspension, a deletion and a linked issuer are always sent.
         */
        get: operations["getNotices"];
        /**
         * Choose notices
         * @description Changes the fields that are sent and keeps the others. Emails about a new password, the role, a suspension, a
         *     deletion and a linked issuer cannot be switched off.
         */
        put: operations["updateNotices"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/invites": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List invites
         * @description Returns every invite with its state, newest first. Codes are masked: the server keeps them only as digests. `id`
         *     names an invite instead.
         */
        get: operations["listInvites"];
        put?: never;
        /**
         * Create an invite
         * @description Creates a code of 100 random bits, valid for `uses` accounts and for `expires_in` seconds. No other response has
         *     the whole code.
         */
        post: operations["createInvite"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/invites/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke an invite
         * @description The code stops working at once. The path has the code, or the `id` of the invite. Accounts that were created
         *     with it are kept. Revoking an invite again has no effect.
         */
        delete: operations["revokeInvite"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/balance": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the token balance
         * @description Returns the remaining tokens, the plan and the time of the next refill. The balance is never negative, and a 402
         *     response does not change it. `suspended` is true if the balance is zero. Polling once per second is fine.
         */
        get: operations["getTokenBalance"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get token usage
         * @description Returns the tokens spent per day, latest day first, and the ten endpoints that used the most. Days without calls
         *     are left out. Days are in UTC.
         */
        get: operations["getTokenUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/transactions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List token transactions
         * @description Returns the token ledger, latest row first: charges for calls (`debit`), repayments after server failures
         *     (`refund`), monthly refills (`refill`), and changes by an operator (`grant`, `adjustment`).
         */
        get: operations["listTokenTransactions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List API keys
         * @description Returns the active keys, masked, newest first. `last_used_at` is accurate to the minute.
         */
        get: operations["listAPIKeys"];
        put?: never;
        /**
         * Create an API key
         * @description Creates a key. **It is shown once**, in this response; only a digest of it is stored. All keys of an account
         *     share its tokens and its rate limit. An account has at most 50 keys that can be used.
         */
        post: operations["createAPIKey"];
        /**
         * Revoke all API keys
         * @description Revokes every key of the caller permanently, at once. If there is none, nothing happens.
         */
        delete: operations["revokeAPIKeys"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/api-keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke an API key
         * @description Revokes one of the caller's own keys permanently.
         */
        delete: operations["deleteAPIKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/api-keys/{id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Rotate an API key
         * @description Creates a key with the same name, and keeps the old one working for `overlap_hours`; with 0 the old key is
         *     revoked at once. The new key expires after the lifetime that was chosen when the first one was created, counted
         *     from now; an overlap shortens only the old key's life. The new key is shown once, in this response.
         */
        post: operations["rotateAPIKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/activate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Activate API access
         * @description Gives a user of the app door the API access that an invite grants. The email address must be verified. If it is
         *     not, the response is 403 and a verification email is sent.
         */
        post: operations["activateAPIAccess"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/plans/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List plans
         * @description Returns the price and the contents of each plan, cheapest first.
         */
        get: operations["listPlans"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sandbox": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Make a billed test call
         * @description For integration tests: authentication, rate limiting and charging are real, and the message is always the same.
         *     Calls by session are free.
         */
        get: operations["getSandbox"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the status of the services
         * @description Checks the database, the email outbox and, if configured, the shared rate limits. The checks run for each
         *     request, except whether the database takes writes: that is tried every ten seconds, and soon after one failed.
         *     A database that only answers reads is `degraded`, and mail is `down`: emails wait.
         */
        get: operations["getStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List users
         * @description Returns every user, ordered by email address.
         */
        get: operations["listUsersWithPlans"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/users/{id}/suspend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Suspend a user
         * @description Locks the user out until the user is resumed. The user's data is kept.
         */
        post: operations["suspendUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/users/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resume a user
         * @description Reactivates a suspended user.
         */
        post: operations["resumeUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/users/{id}/grants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Grant or remove tokens
         * @description Adds tokens to the balance of a user (`grant`), or removes some (`adjustment`, a negative number; at most the
         *     current balance). A grant above the quota survives the next refill.
         */
        post: operations["grantTokens"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/admin/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List audit events
         * @description Returns events, latest first: sign-ups, log-ins, rejected log-ins, password resets, invites, grants. Addresses
         *     without an account are stored as pseudonyms.
         *
         *     What anybody can cause is summed up beyond a number within an hour: one more event of the kind has the number of
         *     the others in its `detail`.
         */
        get: operations["listAuditEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Check whether the process is alive
         * @description Responds whenever the process can respond at all. It does not use the database, so an unreachable database does
         *     not get the server restarted.
         */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Check whether the server is ready
         * @description Responds with 200 if the database responds and takes writes, and with 503 if it does not or the server is
         *     stopping. The server tries every ten seconds whether the database takes writes, and soon after one failed.
         */
        get: operations["getReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get metrics for Prometheus
         * @description Returns counters and gauges in the Prometheus text format. Send `Authorization: Bearer` with the token from
         *     `ALTA_METRICS_TOKEN`. Clients on the server's own machine need no credential if the public URL is on loopback.
         */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description A registration at the app door. */
        AppRegistration: {
            email: components["schemas"]["Email"];
            /**
             * Format: password
             * @description User's password. At least 8 and no more than 100 characters, of any kind.
             * @example SecurePass123!
             */
            password: string;
            firstName: components["schemas"]["Name"];
            lastName: components["schemas"]["Name"];
            /**
             * Format: iso-4217
             * @description Preferred currency, one of those of `Currency` such as `USD`, `EUR` or `ARS`. It is also the default wallet's currency.
             * @default ARS
             * @example USD
             */
            currency?: string | null;
            /**
             * @description The user's language: of emails, exports and the texts that the server writes. The default wallet and the default categories have their names in it.
             * @default es
             * @example en
             * @enum {string|null}
             */
            language?: "es" | "en" | null;
            /**
             * Format: iana-time-zone
             * @description IANA time zone for days and months.
             * @default America/Argentina/Buenos_Aires
             * @example Europe/Madrid
             */
            timezone?: string | null;
        };
        /** @description The email address and password of a login at the app door. */
        AppCredentials: {
            email: components["schemas"]["Email"];
            /**
             * Format: password
             * @description The password, of any length.
             * @example SecurePass123!
             */
            password: string;
        };
        /**
         * Format: email
         * @description The user's email address: valid, at most 254 bytes, and possibly with non-ASCII characters. It is lower-cased but not trimmed: surrounding spaces are an error. A mailbox has one account across both doors, however it is spelled: `ana@bücher.example` is `ana@xn--bcher-kva.example` (UTS 46, non-transitional), and `"ana"@example.com` is `ana@example.com`. Responses show the spelling of the last login.
         * @example john.doe@example.com
         */
        Email: string;
        /**
         * @description The user's name, 2 to 100 characters.
         * @example John
         */
        Name: string;
        /** @description An invite code to redeem. */
        InviteCode: {
            /**
             * @description The invite code. Case, spaces and hyphens of any kind do not matter.
             * @example K7QXM-2VABD-RT5WE-HN4PZ
             */
            code: string;
        };
        /** @description The proof of a redeemed invite, for the registration. */
        RedeemedInvite: {
            /**
             * @description The result, as a sentence.
             * @example Invite code accepted
             */
            message: string;
            /**
             * @description JWT for registration. It contains the code, which registration checks again.
             * @example eyJhbGciOiJIUzI1NiJ9.e30.c2ln
             */
            invite_token: string;
            /**
             * @description Seconds until the token expires.
             * @example 900
             */
            expires_in: number;
        };
        /** @description A registration at the API door, with a redeemed invite. */
        Registration: {
            email: components["schemas"]["Email"];
            password: components["schemas"]["Password"];
            /**
             * @description Short-lived JWT from `POST /api/v1/auth/redeem-invite`. It contains the invite's code, which is checked again: it must not be used up, expired or revoked.
             * @example eyJhbGciOiJIUzI1NiJ9.e30.c2ln
             */
            invite_token: string;
            /**
             * Format: iso-4217
             * @description Preferred currency, one of those of `Currency` such as `USD`, `EUR` or `ARS`. It is also the default wallet's currency.
             * @default ARS
             * @example USD
             */
            currency?: string | null;
            language?: components["schemas"]["NullableLanguage"];
            /**
             * Format: iana-time-zone
             * @description IANA time zone for days and months.
             * @default America/Argentina/Buenos_Aires
             * @example Europe/Madrid
             */
            timezone?: string | null;
        };
        /**
         * Format: password
         * @description The user's password: at least 8 and no more than 100 characters, of any kind. It is hashed with bcrypt; the password itself is never stored and never returned. Use one from a password manager; the example is a placeholder.
         * @example correct horse battery staple
         */
        Password: string;
        /** @description The result of a registration at the API door. */
        Registered: {
            /**
             * @description Top-level result message: `Register user successful` on success. An error has its own text here, such as `Email already exists` (400), `Invalid or expired invite token` (400) or `Invite code is used and cannot be used` (410).
             * @example Register user successful
             */
            message: string;
            /**
             * @description Email-flow status message, the same on every 200. If the verification email cannot be sent, the response is 500 without this field. The account then exists, but nobody can log in until `POST /api/v1/auth/resend-verification` has delivered an email.
             * @example Please verify the email, I have send verification link.
             */
            linkMsg: string;
        };
        /** @description The one-time token of an email that was sent to the user. */
        OneTimeToken: {
            /**
             * @description The one-time token from an email.
             * @example 0fKd9sXyTt0mE0o1c7mJ2v0n4Q8yVb3sX5hKpR6wLzU1aG7eYc2iNqD9tB4rMfJx
             */
            token: string;
        };
        /** @description The email address of an account. */
        Address: {
            email: components["schemas"]["Email"];
        };
        /** @description The email address and password of a login at the API door. */
        Credentials: {
            email: components["schemas"]["Email"];
            /**
             * Format: password
             * @description The password, of any length.
             * @example correct horse battery staple
             */
            password: string;
        };
        /** @description A new password, with the one-time token that permits it. */
        NewPassword: {
            /**
             * @description The one-time token from the email.
             * @example 0fKd9sXyTt0mE0o1c7mJ2v0n4Q8yVb3sX5hKpR6wLzU1aG7eYc2iNqD9tB4rMfJx
             */
            token: string;
            newpassword: components["schemas"]["Password"];
        };
        /** @description The session and the user after a login at the API door. */
        LoggedIn: {
            /**
             * @description The result, as a sentence.
             * @example Login successful
             */
            message: string;
            /**
             * @description JWT for the session. It expires after 7 days, or when the session ends.
             * @example eyJhbGciOiJIUzI1NiJ9.e30.c2ln
             */
            token: string;
            user: components["schemas"]["User"];
        };
        /**
         * @description The plan; `none` for a user who has not redeemed an invite.
         * @example free
         * @enum {string}
         */
        PlanName: "none" | "free" | "paid";
        /** @description When and from where somebody signed up with an address. */
        SignUp: {
            /**
             * @description The address.
             * @example ada@example.com
             */
            email: string;
            /**
             * Format: date-time
             * @description When somebody signed up.
             * @example 2024-03-04T14:13:20.000Z
             */
            created_at: string;
            /**
             * @description The IANA time zone of the account.
             * @example America/Argentina/Buenos_Aires
             */
            timezone: string;
            /**
             * @description The network address of the client; empty if it is not known or the email address is verified.
             * @example 203.0.113.7
             */
            address: string;
            /**
             * @description The client's user agent; empty likewise.
             * @example curl/8.12.1
             */
            user_agent: string;
            /**
             * @description Whether the email address is verified, so that the sign-up cannot be rejected any more.
             * @example false
             */
            verified: boolean;
        };
        /**
         * @description `admin` may call the operations under `/api/v1/admin/`.
         * @example user
         * @enum {string}
         */
        UserType: "user" | "admin";
        /** @description A user as the API door shows it. */
        User: {
            /**
             * Format: uuid
             * @description The user's id.
             * @example 550e8400-e29b-41d4-a716-446655440000
             */
            uuid: string;
            /**
             * @description The address as stored.
             * @example user@example.com
             */
            email: string;
            usertype: components["schemas"]["UserType"];
            /**
             * @description The newest key, masked; null if there is none.
             * @example alta_4eC3…9pQz
             */
            api_key: string | null;
            /**
             * @description Whether the email address is verified.
             * @example true
             */
            verify_email: boolean;
            /**
             * @description Always false: this server has no acceptance-test environment. Kept for existing clients.
             * @example false
             */
            has_uat_access: boolean;
            /**
             * @description Always 0: there is no wallet in US dollars. Kept for existing clients.
             * @example 0
             */
            credit_balance: number;
            plan: components["schemas"]["PlanName"];
            /**
             * @description The webhook URL; empty for none.
             * @example https://hooks.example.com/alta
             */
            webhook_url: string;
            /**
             * @description Whether the user wants product and billing emails.
             * @example true
             */
            notify_email: boolean;
            /**
             * @description Whether the user wants push messages.
             * @example true
             */
            notify_browser: boolean;
        };
        /** @description The caller's record at the API door. */
        UserRecord: {
            user: components["schemas"]["User"];
        };
        /** @description The caller's record at the API door after a change. */
        UpdatedUser: {
            /**
             * @description The result, as a sentence.
             * @example Profile updated successfully
             */
            message: string;
            user: components["schemas"]["User"];
        };
        /** @description Changes of the notification preferences. Absent properties stay unchanged. */
        UserUpdate: {
            /**
             * Format: webhook-url
             * @description An https URL of at most 512 characters; an empty string clears it.
             * @example https://hooks.example.com/alta
             */
            webhook_url?: string;
            /**
             * @description Whether the user wants product and billing emails.
             * @example true
             */
            notify_email?: boolean;
            /**
             * @description Whether the user wants push messages.
             * @example false
             */
            notify_browser?: boolean;
        };
        /** @description Which emails the user wants about the account. */
        Notices: {
            /**
             * @description Whether the user wants an email about a login from a new device.
             * @example true
             */
            notify_login: boolean;
            /**
             * @description Whether the user wants an email when an API key is made, rotated or revoked.
             * @example true
             */
            notify_keys: boolean;
            /**
             * @description Whether the user wants an email about a lock after failed logins.
             * @example true
             */
            notify_lock: boolean;
        };
        /** @description Changes of which emails the user wants. Absent properties stay unchanged. */
        NoticesUpdate: {
            /**
             * @description Whether the user wants an email about a login from a new device.
             * @example true
             */
            notify_login?: boolean;
            /**
             * @description Whether the user wants an email when an API key is made, rotated or revoked.
             * @example true
             */
            notify_keys?: boolean;
            /**
             * @description Whether the user wants an email about a lock after failed logins.
             * @example true
             */
            notify_lock?: boolean;
        };
        /** @description An invite to create. */
        NewInvite: {
            /**
             * Format: int32
             * @description How many accounts can be created with it.
             * @default 1
             * @example 7
             */
            uses?: number;
            /**
             * Format: int32
             * @description Seconds until it expires.
             * @default 604800
             * @example 604800
             */
            expires_in?: number;
            /**
             * @description A note for administrators.
             * @default
             * @example Beta, first wave
             */
            note?: string;
        };
        /** @description An invite to register at the API door. */
        Invite: {
            /**
             * Format: uuid
             * @description The invite's id. It opens nothing.
             * @example 7b9a1c52-6a0e-4e9d-8a8c-3d9a4f1e2b60
             */
            id: string;
            /**
             * @description The code to give to people, in the response that creates the invite. In lists its first five characters and
             *     `…`.
             * @example K7QXM-2VABD-RT5WE-HN4PZ
             */
            code: string;
            /**
             * @description The state: the first of used, revoked and expired that applies.
             * @example redeemable
             * @enum {string}
             */
            state: "redeemable" | "used" | "revoked" | "expired";
            /**
             * @description Accounts created with it.
             * @example 2
             */
            uses: number;
            /**
             * @description Accounts that can be created with it.
             * @example 7
             */
            max_uses: number;
            /**
             * @description What it is for.
             * @example Beta, first wave
             */
            note: string;
            /**
             * @description The id of the administrator who created it, or `operator`.
             * @example operator
             */
            created_by: string;
            /**
             * Format: date-time
             * @description When it was created.
             * @example 2024-03-04T14:13:20.000Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it expires.
             * @example 2024-03-11T14:13:20.000Z
             */
            expires_at: string;
            /**
             * Format: date-time
             * @description When it was revoked, or null.
             * @example null
             */
            revoked_at: string | null;
        };
        /** @description One page of the invites. */
        InvitePage: {
            /** @description The invites of this page. */
            invites: components["schemas"]["Invite"][];
            /**
             * @description This page.
             * @example 1
             */
            page: number;
            /**
             * @description Invites per page.
             * @example 20
             */
            limit: number;
            /**
             * @description The total number of invites.
             * @example 1
             */
            total: number;
        };
        /** @description The caller's tokens and plan. */
        Balance: {
            /**
             * Format: int64
             * @description Tokens left.
             * @example 1995
             */
            current_balance: number;
            plan: components["schemas"]["PlanName"];
            /**
             * Format: int64
             * @description The balance after a refill.
             * @example 2000
             */
            monthly_quota: number;
            /**
             * Format: date-time
             * @description When the next refill is.
             * @example 2024-04-04T14:13:20.000Z
             */
            billing_cycle_end: string | null;
            /**
             * @description Days until then, including the current one.
             * @example 31
             */
            days_until_refill: number | null;
            /**
             * @description Whether the balance is zero.
             * @example false
             */
            suspended: boolean;
        };
        /** @description The charged calls of one day. */
        DailyUsage: {
            /**
             * Format: date
             * @description The day in UTC.
             * @example 2024-03-04
             */
            day: string;
            /**
             * Format: int64
             * @description Tokens spent.
             * @example 15
             */
            tokens: number;
            /**
             * Format: int64
             * @description Calls that were charged.
             * @example 6
             */
            calls: number;
        };
        /** @description The charged calls of one endpoint. */
        EndpointUsage: {
            /**
             * @description Method and path.
             * @example GET /api/v1/sandbox
             */
            endpoint: string;
            /**
             * Format: int64
             * @description Tokens spent.
             * @example 10
             */
            tokens: number;
            /**
             * Format: int64
             * @description Calls that were charged.
             * @example 1
             */
            calls: number;
        };
        /** @description The charged calls of the caller's latest days. */
        Usage: {
            /**
             * @description The number of days, after clamping to 1 to 90.
             * @example 30
             */
            window_days: number;
            /** @description Days with calls, latest first. */
            daily: components["schemas"]["DailyUsage"][];
            /** @description The endpoints that used the most tokens. */
            top_endpoints: components["schemas"]["EndpointUsage"][];
        };
        /** @description The latest rows of the caller's token ledger. */
        TokenTransactionList: {
            /** @description Rows of the ledger, latest first. */
            transactions: components["schemas"]["TokenTransaction"][];
        };
        /** @description A row of the token ledger: tokens added or removed. */
        TokenTransaction: {
            /**
             * Format: uuid
             * @description The row's id.
             * @example 018e0a3c-7c00-7000-8000-000000000001
             */
            id: string;
            /**
             * Format: date-time
             * @description When the row was written.
             * @example 2024-03-04T14:13:20.000Z
             */
            created_at: string;
            /**
             * Format: int64
             * @description Tokens added (positive) or removed (negative).
             * @example -10
             */
            delta: number;
            /**
             * @description Why.
             * @example debit
             * @enum {string}
             */
            kind: "debit" | "refund" | "refill" | "grant" | "adjustment";
            /**
             * @description The call that charged or returned them, as method and path; empty for a refill, `alta` for a grant from the command line.
             * @example GET /api/v1/sandbox
             */
            endpoint: string;
            /** @description Further details. */
            metadata: {
                /**
                 * @description The id of the request, as in `X-Request-Id`.
                 * @example 5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10
                 */
                request_id: string;
            };
        };
        /** @description An API key to create. */
        NewAPIKey: {
            /**
             * @description A name for the owner.
             * @example ci
             */
            name: string;
            /**
             * Format: int32
             * @description Seconds until the key expires; by default it works until it is revoked.
             * @example 7776000
             */
            expires_in?: number | null;
        };
        /** @description A new API key, with the key itself. */
        CreatedAPIKey: {
            /**
             * Format: uuid
             * @description The key's id.
             * @example 7d9f3f3a-52a3-4a4c-9d60-0c3c1a2f6d11
             */
            id: string;
            /**
             * @description Its name.
             * @example ci
             */
            name: string;
            /**
             * @description The key. It is shown only here.
             * @example alta_4eC39HqLyjWDarjtT1zdp7dcK2bN8xVQ0a5fXy
             */
            key: string;
            /**
             * @description The form that lists show.
             * @example alta_4eC3…5fXy
             */
            masked: string;
            /**
             * Format: date-time
             * @description When it was created.
             * @example 2024-03-04T14:13:20.000Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it expires, or null.
             * @example null
             */
            expires_at: string | null;
        };
        /** @description An active API key, without the key itself. */
        APIKey: {
            /**
             * Format: uuid
             * @description The key's id.
             * @example 7d9f3f3a-52a3-4a4c-9d60-0c3c1a2f6d11
             */
            id: string;
            /**
             * @description Its name.
             * @example ci
             */
            name: string;
            /**
             * @description The first and last characters.
             * @example alta_4eC3…5fXy
             */
            masked: string;
            /**
             * Format: date-time
             * @description When it was created.
             * @example 2024-03-04T14:13:20.000Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @description Its last call, to the minute, or null.
             * @example null
             */
            last_used_at: string | null;
            /**
             * Format: date-time
             * @description When it expires, or null.
             * @example null
             */
            expires_at: string | null;
        };
        /** @description The caller's active API keys. */
        APIKeyList: {
            /** @description The active keys, newest first. */
            api_keys: components["schemas"]["APIKey"][];
        };
        /** @description Options for replacing an API key. */
        KeyRotation: {
            /**
             * Format: int32
             * @description Hours that the old key keeps working.
             * @default 0
             * @example 24
             */
            overlap_hours?: number;
        };
        /** @description A redeemed invite that gives an existing user API access. */
        Activation: {
            /**
             * @description Short-lived JWT from `POST /api/v1/auth/redeem-invite`.
             * @example eyJhbGciOiJIUzI1NiJ9.e30.c2ln
             */
            invite_token: string;
        };
        /** @description A plan of API calls, with its price and limits. */
        Plan: {
            /**
             * @description The plan's number.
             * @example 1
             */
            id: number;
            /**
             * @description Its name.
             * @example Free
             */
            name: string;
            /**
             * @description Always null: there is no checkout yet.
             * @example null
             */
            stripe_price_id: string | null;
            /**
             * Format: int64
             * @description The price per month, in cents.
             * @example 0
             */
            price: number;
            /**
             * @description The currency of the price.
             * @example USD
             */
            currency: string;
            /** @description What the plan includes, in words. */
            features: string[];
            /**
             * Format: int64
             * @description The balance after a refill.
             * @example 2000
             */
            tokens_per_month: number;
            /**
             * @description The rate limit, shared by all of the account's keys.
             * @example 60
             */
            requests_per_minute: number;
        };
        /** @description All plans. */
        PlanList: {
            /**
             * @description Always `success`.
             * @example success
             * @enum {string}
             */
            status: "success";
            /**
             * @description The id of this request.
             * @example 5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10
             */
            request_id: string;
            /**
             * Format: date-time
             * @description When the response was sent.
             * @example 2024-03-04T14:13:20.000Z
             */
            timestamp: string;
            /** @description The plans, cheapest first. */
            data: components["schemas"]["Plan"][];
        };
        /** @description The response of the billed test call. */
        Sandbox: {
            /**
             * @description Always the same text.
             * @example sandbox response
             */
            message: string;
            /**
             * @description The id of this request.
             * @example 5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10
             */
            request_id: string;
            /**
             * @description How the caller was authenticated.
             * @example api_key
             * @enum {string}
             */
            auth_method: "api_key" | "session";
            /**
             * Format: date-time
             * @description When.
             * @example 2024-03-04T14:13:20.000Z
             */
            as_of: string;
            /**
             * Format: int64
             * @description The tokens left.
             * @example 1990
             */
            remaining_balance: number;
        };
        /** @description The state of one service that the server depends on. */
        ServiceStatus: {
            /**
             * @description Its name.
             * @example database
             */
            name: string;
            /**
             * @description The state of the service.
             * @example operational
             * @enum {string}
             */
            status: "operational" | "degraded" | "down";
        };
        /** @description The state of the server and its services. */
        Status: {
            /**
             * @description The state of the server as a whole.
             * @example operational
             * @enum {string}
             */
            overall: "operational" | "degraded" | "partial_outage" | "major_outage";
            /** @description The state of each service. */
            services: components["schemas"]["ServiceStatus"][];
            /**
             * Format: date-time
             * @description When.
             * @example 2024-03-04T14:13:20.000Z
             */
            checked_at: string;
        };
        /** @description A user as administrators at the API door see it. */
        AdminUser: {
            /**
             * Format: uuid
             * @description The user's id.
             * @example 550e8400-e29b-41d4-a716-446655440000
             */
            uuid: string;
            /**
             * @description The address as stored.
             * @example user@example.com
             */
            email: string;
            usertype: components["schemas"]["UserType"];
            /**
             * @description False while suspended.
             * @example true
             */
            is_active: boolean;
            /**
             * @description Whether the email address is verified.
             * @example true
             */
            verify_email: boolean;
            plan: components["schemas"]["PlanName"];
            /**
             * Format: int64
             * @description Tokens left.
             * @example 2000
             */
            balance: number;
            /**
             * Format: date-time
             * @description When the user signed up.
             * @example 2024-03-04T14:13:20.000Z
             */
            created_at: string;
        };
        /** @description One page of the users. */
        AdminUserPage: {
            /** @description The users of this page. */
            users: components["schemas"]["AdminUser"][];
            /**
             * @description This page.
             * @example 1
             */
            page: number;
            /**
             * @description Users per page.
             * @example 20
             */
            limit: number;
            /**
             * @description The total number of users.
             * @example 1
             */
            total: number;
        };
        /** @description Tokens to add to or remove from a user's balance. */
        TokenGrant: {
            /**
             * Format: int32
             * @description Tokens to add, or to remove if negative. Not zero.
             * @example 500
             */
            tokens: number;
            /**
             * @description The reason, for the audit log.
             * @example outage of 3 March
             */
            reason: string;
        };
        /** @description An event of the audit log. */
        AuditEvent: {
            /**
             * Format: uuid
             * @description The event's id.
             * @example 018e0a3c-7c00-7000-8000-000000000001
             */
            id: string;
            /**
             * Format: date-time
             * @description When.
             * @example 2024-03-04T14:13:20.000Z
             */
            created_at: string;
            /**
             * @description The result, as a sentence.
             * @example login
             */
            kind: string;
            /**
             * @description Who did it: a user's id, `operator` or `anonymous`.
             * @example anonymous
             */
            actor: string;
            /**
             * Format: uuid
             * @description The user it concerns, if any.
             * @example null
             */
            user_id: string | null;
            /**
             * @description A pseudonym of the email address concerned, or empty.
             * @example
             */
            subject: string;
            /**
             * @description The client's address, or empty.
             * @example 203.0.113.7
             */
            address: string;
            /**
             * @description The request's id, or empty.
             * @example
             */
            request_id: string;
            /**
             * @description Further details.
             * @example
             */
            detail: string;
        };
        /** @description The latest events of the audit log. */
        AuditEventList: {
            /** @description The events, latest first. */
            events: components["schemas"]["AuditEvent"][];
        };
        /** @description The user and the session after a registration or a login at the app door. */
        AppSession: {
            user: components["schemas"]["AppUser"];
            /**
             * @description JWT for the session, signed with HS256. `sub` is the user's id, `jti` the session's. It expires after 7 days, or when the session ends.
             * @example eyJhbGciOiJIUzI1NiJ9.e30.c2ln
             */
            token: string;
        };
        /** @description The created or logged-in user. */
        AppUser: {
            /**
             * Format: uuid
             * @description The user's id.
             * @example 550e8400-e29b-41d4-a716-446655440000
             */
            id: string;
            /**
             * @description The address as stored.
             * @example john.doe@example.com
             */
            email: string;
            /**
             * @description First name.
             * @example John
             */
            firstName: string;
            /**
             * @description Last name.
             * @example Doe
             */
            lastName: string;
            /**
             * @description Preferred currency.
             * @example USD
             */
            currency: string;
            role: components["schemas"]["Role"];
            /**
             * @description URL of the picture; null for a local account.
             * @example null
             */
            avatarUrl: string | null;
        };
        /** @description The user who is logged in. */
        AppProfile: {
            /**
             * @description A fixed greeting.
             * @example This is your profile
             */
            message: string;
            /** @description Who is logged in. */
            user: {
                /**
                 * Format: uuid
                 * @description The user's id.
                 * @example 550e8400-e29b-41d4-a716-446655440000
                 */
                id: string;
                /**
                 * @description The address as stored.
                 * @example john.doe@example.com
                 */
                email: string;
                /**
                 * @description First name.
                 * @example John
                 */
                firstName: string;
                /**
                 * @description Last name.
                 * @example Doe
                 */
                lastName: string;
            };
        };
        /**
         * @description What the user may do. Registration always gives `USER`.
         * @example USER
         * @enum {string}
         */
        Role: "USER" | "ADMIN";
        /**
         * @description The provider that authenticates the user.
         * @example LOCAL
         * @enum {string}
         */
        AuthProvider: "LOCAL" | "GOOGLE" | "MICROSOFT" | "APPLE";
        /**
         * @description The user's language, of emails, exports and the texts that the server writes.
         * @example es
         * @enum {string}
         */
        Language: "es" | "en";
        /** @description The caller's user record. */
        Me: {
            /**
             * Format: uuid
             * @description The user's id.
             * @example 550e8400-e29b-41d4-a716-446655440000
             */
            id: string;
            /**
             * @description The address as stored.
             * @example john.doe@example.com
             */
            email: string;
            /**
             * @description First name.
             * @example John
             */
            firstName: string;
            /**
             * @description Last name.
             * @example Doe
             */
            lastName: string;
            /**
             * @description URL of the picture; null for a local account.
             * @example null
             */
            avatarUrl: string | null;
            /**
             * @description Phone number.
             * @example null
             */
            phone: string | null;
            authProvider: components["schemas"]["AuthProvider"];
            /**
             * @description Preferred currency.
             * @example USD
             */
            currency: string;
            /**
             * @description The day on which the user's fiscal month starts.
             * @example 1
             */
            fiscalStartDay: number;
            /**
             * @description IANA time zone for days and months.
             * @example America/Argentina/Buenos_Aires
             */
            timezone: string;
            language: components["schemas"]["Language"];
            role: components["schemas"]["Role"];
            /**
             * @description False while an operator has suspended the account.
             * @example true
             */
            isActive: boolean;
            /**
             * @description `PRO` on the paid plan.
             * @example FREE
             * @enum {string}
             */
            subscription: "FREE" | "PRO";
            /**
             * Format: date-time
             * @description When the email address was verified.
             * @example null
             */
            emailVerified: string | null;
            /**
             * Format: date-time
             * @description When the user signed up.
             * @example 2024-03-04T14:13:20.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description When the record last changed.
             * @example 2024-03-04T14:13:20.000Z
             */
            updatedAt: string;
        };
        /**
         * @description The user's language, of emails, exports and the texts that the server writes; null is like absent.
         * @example es
         * @enum {string|null}
         */
        NullableLanguage: "es" | "en" | null;
        /** @description Changes of the caller's user record. Absent properties stay unchanged. */
        MeUpdate: {
            /**
             * @description 2 to 100 characters.
             * @example Jane
             */
            firstName?: string | null;
            /**
             * @description 2 to 100 characters.
             * @example Doe
             */
            lastName?: string | null;
            /**
             * Format: iso-4217
             * @description Preferred currency, one of those of `Currency`.
             * @example EUR
             */
            currency?: string | null;
            /**
             * Format: int32
             * @description The day on which the user's fiscal month starts.
             * @example 15
             */
            fiscalStartDay?: number | null;
            /**
             * Format: iana-time-zone
             * @description IANA time zone for days and months.
             * @example Europe/Madrid
             */
            timezone?: string | null;
            language?: components["schemas"]["NullableLanguage"];
        };
        /** @description The password that confirms the deletion of the caller's account. */
        Deletion: {
            /**
             * Format: password
             * @description The caller's password, of any length. Accounts without a password omit it.
             * @example SecurePass123!
             */
            password?: string | null;
        };
        /** @description An object without properties. */
        EmptyBody: Record<string, never>;
        /** @description Everything that the server stores about a user. */
        Export: {
            /**
             * Format: date-time
             * @description The moment that the document shows.
             * @example 2024-03-04T14:13:20.000Z
             */
            exportedAt: string;
            profile: components["schemas"]["ExportedProfile"];
            /** @description Accounts, oldest first. */
            accounts: components["schemas"]["Account"][];
            /** @description Categories, including deleted ones. */
            categories: components["schemas"]["Category"][];
            /** @description Transactions by date; deleted ones come last. */
            transactions: components["schemas"]["ExportedTransaction"][];
            /** @description Budgets by month. */
            budgets: components["schemas"]["ExportedBudget"][];
            /** @description Stored sessions, including ended ones. */
            sessions: components["schemas"]["ExportedSession"][];
            /** @description API keys, including revoked ones. */
            apiKeys: components["schemas"]["ExportedKey"][];
            tokens: components["schemas"]["ExportedTokens"];
            /** @description Rows of the token ledger, oldest first. */
            tokenTransactions: components["schemas"]["ExportedTokenTransaction"][];
            /** @description Tokens spent on calls, by day. */
            usage: components["schemas"]["ExportedUsage"][];
            /** @description Events that concern the account, oldest first. */
            auditEvents: components["schemas"]["ExportedAuditEvent"][];
            /** @description Emails to the user that are still stored, without their contents. */
            mails: components["schemas"]["ExportedMail"][];
        };
        /** @description The user record. */
        ExportedProfile: {
            /**
             * Format: uuid
             * @description The user's id.
             * @example 550e8400-e29b-41d4-a716-446655440000
             */
            id: string;
            /**
             * @description The address as stored.
             * @example john.doe@example.com
             */
            email: string;
            /**
             * @description Whether the user has a password, which is stored only as a hash.
             * @example true
             */
            hasPassword: boolean;
            /**
             * @description Where the user signed up: `app` or `api`.
             * @example app
             */
            door: string;
            /**
             * @description First name.
             * @example John
             */
            firstName: string;
            /**
             * @description Last name.
             * @example Doe
             */
            lastName: string;
            /**
             * @description Picture.
             * @example null
             */
            avatarUrl: string | null;
            /**
             * @description Phone number.
             * @example null
             */
            phone: string | null;
            authProvider: components["schemas"]["AuthProvider"];
            /**
             * @description Preferred currency.
             * @example USD
             */
            currency: string;
            /**
             * @description The day on which the user's fiscal month starts.
             * @example 1
             */
            fiscalStartDay: number;
            /**
             * @description IANA time zone.
             * @example America/Argentina/Buenos_Aires
             */
            timezone: string;
            language: components["schemas"]["Language"];
            role: components["schemas"]["Role"];
            /**
             * @description False while suspended.
             * @example true
             */
            isActive: boolean;
            plan: components["schemas"]["PlanName"];
            /**
             * Format: date-time
             * @description When the email address was verified.
             * @example null
             */
            emailVerified: string | null;
            /**
             * @description The beginning of the code of the invite that the user registered with.
             * @example null
             */
            inviteCode: string | null;
            /**
             * @description The URL for notifications.
             * @example
             */
            webhookUrl: string;
            /**
             * @description Whether to notify by email.
             * @example true
             */
            notifyEmail: boolean;
            /**
             * @description Whether to notify in the browser.
             * @example true
             */
            notifyBrowser: boolean;
            /**
             * @description Whether to notify of a login from a new device.
             * @example true
             */
            notifyLogin: boolean;
            /**
             * @description Whether to notify of API keys that are made, rotated or revoked.
             * @example true
             */
            notifyKeys: boolean;
            /**
             * @description Whether to notify of a lock after failed logins.
             * @example true
             */
            notifyLock: boolean;
            /**
             * @description The network address that the user signed up from; empty once the email address is verified.
             * @example
             */
            signUpAddress: string;
            /**
             * @description The program that the user signed up with; empty once the email address is verified.
             * @example
             */
            signUpUserAgent: string;
            /**
             * Format: date-time
             * @description When the password was chosen by a link in an email; null for the password of the sign-up.
             * @example null
             */
            passwordReset: string | null;
            /**
             * Format: date-time
             * @description When the user first logged in.
             * @example 2024-03-04T14:13:20.000Z
             */
            firstLogin: string | null;
            /**
             * Format: date-time
             * @description When the user signed up.
             * @example 2024-03-04T14:13:20.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description When the record last changed.
             * @example 2024-03-04T14:13:20.000Z
             */
            updatedAt: string;
        };
        /** @description A transaction. */
        ExportedTransaction: {
            /**
             * Format: uuid
             * @description Its id.
             * @example 9a1f3c52-1c7e-4f0e-8f4e-2d0a7f6f1b11
             */
            id: string;
            type: components["schemas"]["TransactionType"];
            /**
             * @description With at most the decimals of its currency.
             * @example 12.5
             */
            amount: number;
            /**
             * @description Its currency.
             * @example USD
             */
            currency: string;
            /**
             * @description What the transaction was for.
             * @example Lunch
             */
            description: string | null;
            /**
             * Format: date-time
             * @description The date of the transaction.
             * @example 2024-03-04T14:13:20.000Z
             */
            date: string;
            /**
             * Format: uuid
             * @description Its account; null if that was deleted.
             * @example 7d9f3f3a-52a3-4a4c-9d60-0c3c1a2f6d11
             */
            accountId: string | null;
            /**
             * Format: uuid
             * @description Its category, if any.
             * @example null
             */
            categoryId: string | null;
            /**
             * Format: uuid
             * @description The same for both transactions of a transfer between accounts.
             * @example null
             */
            transferId: string | null;
            /**
             * Format: date-time
             * @description When it was recorded.
             * @example 2024-03-04T14:13:20.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description When it last changed.
             * @example 2024-03-04T14:13:20.000Z
             */
            updatedAt: string;
            /**
             * Format: date-time
             * @description When it was deleted.
             * @example null
             */
            deletedAt: string | null;
        };
        /** @description A spending limit for a category in a month. */
        ExportedBudget: {
            /**
             * Format: uuid
             * @description Its id.
             * @example 3b8a4f0e-5f0a-4d7a-9a53-1a2b3c4d5e6f
             */
            id: string;
            /**
             * Format: uuid
             * @description Its category.
             * @example 0b8f8e5e-3c0e-4c53-8d4a-b4f7ad7a1e90
             */
            categoryId: string;
            /**
             * @description With at most the decimals of its currency.
             * @example 100
             */
            amount: number;
            /**
             * @description 1 to 12.
             * @example 3
             */
            month: number;
            /**
             * @description Its year.
             * @example 2024
             */
            year: number;
            /**
             * Format: date-time
             * @description When it was created.
             * @example 2024-03-04T14:13:20.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description When it last changed.
             * @example 2024-03-04T14:13:20.000Z
             */
            updatedAt: string;
        };
        /** @description A log-in. */
        ExportedSession: {
            /**
             * Format: uuid
             * @description Its id.
             * @example 2f1c9f0a-6a55-4c1e-8c0b-0d6a5d8f7b21
             */
            id: string;
            /**
             * @description `app` or `api`.
             * @example app
             */
            door: string;
            /**
             * @description The client's User-Agent.
             * @example Mozilla/5.0
             */
            userAgent: string;
            /**
             * @description The client's address at the start.
             * @example 203.0.113.7
             */
            address: string;
            /**
             * Format: date-time
             * @description When it started.
             * @example 2024-03-04T14:13:20.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description Its last call.
             * @example 2024-03-04T14:13:20.000Z
             */
            lastSeenAt: string;
            /**
             * Format: date-time
             * @description When it expires.
             * @example 2024-03-04T14:13:20.000Z
             */
            expiresAt: string;
        };
        /** @description An API key. */
        ExportedKey: {
            /**
             * Format: uuid
             * @description Its id.
             * @example 5b1f6e2a-91de-4a43-bb0b-6a3f2f1d4c33
             */
            id: string;
            /**
             * @description Its name.
             * @example default
             */
            name: string;
            /**
             * @description Its first and last characters; the rest is stored only as a digest.
             * @example alta_Ab12…xY9z
             */
            masked: string;
            /**
             * Format: date-time
             * @description When it was created.
             * @example 2024-03-04T14:13:20.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description Its last call.
             * @example null
             */
            lastUsedAt: string | null;
            /**
             * Format: date-time
             * @description When it expires.
             * @example null
             */
            expiresAt: string | null;
            /**
             * Format: date-time
             * @description When it was revoked.
             * @example null
             */
            revokedAt: string | null;
        };
        /** @description Tokens for calls by API key; null without a plan. */
        ExportedTokens: {
            /**
             * Format: int64
             * @description The remaining tokens.
             * @example 2000
             */
            balance: number;
            /**
             * Format: date-time
             * @description When the plan started.
             * @example 2024-03-04T14:13:20.000Z
             */
            planStartedAt: string;
            /**
             * Format: date-time
             * @description When the next refill is.
             * @example null
             */
            refillAt: string | null;
        } | null;
        /** @description Tokens added or removed. */
        ExportedTokenTransaction: {
            /**
             * Format: uuid
             * @description Its id.
             * @example 018e0a1b-2c3d-7e4f-8a5b-6c7d8e9f0a1b
             */
            id: string;
            /**
             * Format: int64
             * @description The number of tokens; negative if removed.
             * @example -1
             */
            delta: number;
            /**
             * @description Why.
             * @example debit
             */
            kind: string;
            /**
             * @description The call.
             * @example GET /api/accounts
             */
            endpoint: string;
            /**
             * @description The id of the request.
             * @example 5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10
             */
            requestId: string;
            /**
             * Format: date-time
             * @description When.
             * @example 2024-03-04T14:13:20.000Z
             */
            createdAt: string;
        };
        /** @description Tokens spent on calls of one kind on one day. */
        ExportedUsage: {
            /**
             * Format: date
             * @description The day, in UTC.
             * @example 2024-03-04
             */
            day: string;
            /**
             * @description The endpoint.
             * @example GET /api/accounts
             */
            endpoint: string;
            /**
             * Format: int64
             * @description Tokens spent.
             * @example 3
             */
            tokens: number;
            /**
             * Format: int64
             * @description The number of calls.
             * @example 3
             */
            calls: number;
        };
        /** @description An event that concerns the account. */
        ExportedAuditEvent: {
            /**
             * Format: uuid
             * @description Its id.
             * @example 018e0a1b-2c3d-7e4f-8a5b-6c7d8e9f0a1b
             */
            id: string;
            /**
             * Format: date-time
             * @description When.
             * @example 2024-03-04T14:13:20.000Z
             */
            createdAt: string;
            /**
             * @description What.
             * @example login
             */
            kind: string;
            /**
             * @description Who did it.
             * @example anonymous
             * @enum {string}
             */
            actor: "self" | "administrator" | "operator" | "anonymous";
            /**
             * @description The client's address; empty if another person did it.
             * @example 203.0.113.7
             */
            address: string;
            /**
             * @description The id of the request.
             * @example 5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10
             */
            requestId: string;
            /**
             * @description Further details.
             * @example
             */
            detail: string;
        };
        /** @description An email to the user. */
        ExportedMail: {
            /**
             * Format: uuid
             * @description Its id, which is also part of its Message-ID.
             * @example 6c1e9a3b-3b1f-4a52-9f0e-7d2c5b8a4f10
             */
            id: string;
            /**
             * @description The kind of email.
             * @example verification
             */
            kind: string;
            /**
             * @description The delivery state.
             * @example sent
             */
            state: string;
            /**
             * Format: int64
             * @description The number of delivery attempts.
             * @example 1
             */
            attempts: number;
            /**
             * @description Why it was not sent.
             * @example
             */
            lastError: string;
            /**
             * Format: date-time
             * @description When it was created.
             * @example 2024-03-04T14:13:20.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description When it was sent or abandoned.
             * @example null
             */
            finishedAt: string | null;
        };
        /**
         * @description The type of an account. `WALLET` is for cash, bank and virtual wallets; `SAVINGS` may have a target; `CREDIT_CARD` accounts may have a negative balance.
         * @example WALLET
         * @enum {string}
         */
        AccountType: "WALLET" | "SAVINGS" | "INVESTMENT" | "CREDIT_CARD";
        /**
         * @description How a transfer between accounts is listed.
         * @enum {string}
         */
        TransferListing: "legs" | "once";
        /**
         * @description A type of transactions, ignoring case; `both` for all.
         * @enum {string}
         */
        TransactionTypeFilter: "INCOME" | "EXPENSE" | "TRANSFER" | "income" | "expense" | "transfer" | "both";
        /**
         * @description A currency of ISO 4217. The list has the current codes with a minor unit: no metals, no codes for tests, and no currencies that are not in use any more. Responses may have another code, of accounts from before there was a list; its amounts have two decimals.
         * @example ARS
         * @enum {string}
         */
        Currency: "ARS" | "USD" | "EUR" | "AED" | "AFN" | "ALL" | "AMD" | "AOA" | "AUD" | "AWG" | "AZN" | "BAM" | "BBD" | "BDT" | "BHD" | "BIF" | "BMD" | "BND" | "BOB" | "BOV" | "BRL" | "BSD" | "BTN" | "BWP" | "BYN" | "BZD" | "CAD" | "CDF" | "CHE" | "CHF" | "CHW" | "CLF" | "CLP" | "CNY" | "COP" | "COU" | "CRC" | "CUP" | "CVE" | "CZK" | "DJF" | "DKK" | "DOP" | "DZD" | "EGP" | "ERN" | "ETB" | "FJD" | "FKP" | "GBP" | "GEL" | "GHS" | "GIP" | "GMD" | "GNF" | "GTQ" | "GYD" | "HKD" | "HNL" | "HTG" | "HUF" | "IDR" | "ILS" | "INR" | "IQD" | "IRR" | "ISK" | "JMD" | "JOD" | "JPY" | "KES" | "KGS" | "KHR" | "KMF" | "KPW" | "KRW" | "KWD" | "KYD" | "KZT" | "LAK" | "LBP" | "LKR" | "LRD" | "LSL" | "LYD" | "MAD" | "MDL" | "MGA" | "MKD" | "MMK" | "MNT" | "MOP" | "MRU" | "MUR" | "MVR" | "MWK" | "MXN" | "MXV" | "MYR" | "MZN" | "NAD" | "NGN" | "NIO" | "NOK" | "NPR" | "NZD" | "OMR" | "PAB" | "PEN" | "PGK" | "PHP" | "PKR" | "PLN" | "PYG" | "QAR" | "RON" | "RSD" | "RUB" | "RWF" | "SAR" | "SBD" | "SCR" | "SDG" | "SEK" | "SGD" | "SHP" | "SLE" | "SOS" | "SRD" | "SSP" | "STN" | "SVC" | "SYP" | "SZL" | "THB" | "TJS" | "TMT" | "TND" | "TOP" | "TRY" | "TTD" | "TWD" | "TZS" | "UAH" | "UGX" | "USN" | "UYI" | "UYU" | "UYW" | "UZS" | "VED" | "VES" | "VND" | "VUV" | "WST" | "XAD" | "XAF" | "XCD" | "XCG" | "XOF" | "XPF" | "YER" | "ZAR" | "ZMW" | "ZWG";
        /** @description Where money is kept, in one currency. */
        Account: {
            /**
             * Format: uuid
             * @description The account's id.
             * @example 7d9f3f3a-52a3-4a4c-9d60-0c3c1a2f6d11
             */
            id: string;
            /**
             * @description Its name.
             * @example Efectivo / Billetera
             */
            name: string;
            type: components["schemas"]["AccountType"];
            /**
             * @description The currency of the account.
             * @example USD
             */
            currency: string;
            /**
             * @description With at most the decimals of its currency.
             * @example 0
             */
            balance: number;
            /**
             * @description Hex colour for display.
             * @example #10B981
             */
            color: string | null;
            /**
             * @description Icon name for display.
             * @example wallet
             */
            icon: string | null;
            /**
             * @description The target amount of a savings account.
             * @example null
             */
            targetAmount: number | null;
            /**
             * Format: date-time
             * @description The target date.
             * @example null
             */
            targetDate: string | null;
            /**
             * @description Whether it is the account that registration created.
             * @example true
             */
            isDefault: boolean;
            /**
             * Format: uuid
             * @description Its owner.
             * @example 550e8400-e29b-41d4-a716-446655440000
             */
            userId: string;
            /**
             * Format: date-time
             * @description When it was created.
             * @example 2024-03-04T14:13:20.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description When it last changed.
             * @example 2024-03-04T14:13:20.000Z
             */
            updatedAt: string;
            /**
             * @description The percentage of the target that is reached; 0 without a target.
             * @example 0
             */
            progress: number;
            /**
             * @description Whether the balance may be negative. That of a credit card may in any case.
             * @example false
             */
            allowNegative: boolean;
        };
        /** @description An account to create. */
        NewAccount: {
            /**
             * @description 1 to 100 characters.
             * @example Vacaciones
             */
            name: string;
            type: components["schemas"]["AccountType"];
            currency: components["schemas"]["Currency"];
            /**
             * @description Hex colour for display: 3, 4, 6 or 8 digits, with or without `#`.
             * @example #4ECDC4
             */
            color?: string | null;
            /**
             * @description Icon name for display.
             * @default wallet
             * @example plane
             */
            icon?: string | null;
            /**
             * Format: money
             * @description The target amount of a savings account, with at most the decimals of its currency.
             * @example 250000.5
             */
            targetAmount?: number | null;
            /**
             * Format: iso-date
             * @description The target date in ISO 8601, as a day or with a time.
             * @example 2027-01-15
             */
            targetDate?: string | null;
            /**
             * @description Whether the balance may be negative. That of a credit card may in any case.
             * @default false
             * @example false
             */
            allowNegative?: boolean | null;
        };
        /**
         * @description The new type of the account; null leaves it unchanged.
         * @example WALLET
         * @enum {string|null}
         */
        NullableAccountType: "WALLET" | "SAVINGS" | "INVESTMENT" | "CREDIT_CARD" | null;
        /**
         * Format: iso-4217
         * @description The new currency of the account, one of those of `Currency`; null leaves it unchanged.
         * @example ARS
         */
        NullableCurrency: string | null;
        /** @description Changes of an account. Absent properties stay unchanged. */
        AccountUpdate: {
            /**
             * @description 1 to 100 characters.
             * @example Vacaciones
             */
            name?: string | null;
            type?: components["schemas"]["NullableAccountType"];
            currency?: components["schemas"]["NullableCurrency"];
            /**
             * @description Hex colour for display: 3, 4, 6 or 8 digits, with or without `#`.
             * @example #4ECDC4
             */
            color?: string | null;
            /**
             * @description Icon name for display.
             * @example plane
             */
            icon?: string | null;
            /**
             * Format: money
             * @description The target amount of a savings account, with at most the decimals of its currency.
             * @example 250000.5
             */
            targetAmount?: number | null;
            /**
             * Format: iso-date
             * @description The target date in ISO 8601, as a day or with a time.
             * @example 2027-01-15
             */
            targetDate?: string | null;
            /**
             * @description Whether the balance may be negative. That of a credit card may in any case. If it is set to false while the balance is negative, only deposits and other changes that raise the balance are accepted.
             * @example false
             */
            allowNegative?: boolean | null;
        };
        /** @description The two accounts after a transfer. */
        TransferredAccounts: {
            fromAccount: components["schemas"]["Account"];
            toAccount: components["schemas"]["Account"];
        };
        /** @description A transfer between two accounts of the caller. */
        Transfer: {
            /**
             * Format: uuid
             * @description The account to take the amount from.
             * @example 7d9f3f3a-52a3-4a4c-9d60-0c3c1a2f6d11
             */
            fromAccountId?: string | null;
            /**
             * Format: uuid
             * @description The account to add the amount to.
             * @example 3b6a1c52-0f0d-4a27-9a53-6a1f7c1e2b77
             */
            toAccountId?: string | null;
            /**
             * Format: uuid
             * @description Another name for `fromAccountId`.
             * @example 7d9f3f3a-52a3-4a4c-9d60-0c3c1a2f6d11
             */
            sourceAccountId?: string | null;
            /**
             * Format: uuid
             * @description Another name for `toAccountId`.
             * @example 3b6a1c52-0f0d-4a27-9a53-6a1f7c1e2b77
             */
            targetAccountId?: string | null;
            /**
             * Format: money
             * @description More than 0, with at most the decimals of the account's currency.
             * @example 150.25
             */
            amount: number;
            /**
             * @description Up to 500 characters, for the transaction in the destination account.
             * @example Ahorro de marzo
             */
            description?: string | null;
            /**
             * Format: iso-date
             * @description The date in ISO 8601, as a day or with a time; now by default.
             * @example 2024-03-05T09:00:00.000Z
             */
            date?: string | null;
        };
        /** @description A deposit into an account. */
        Deposit: {
            /**
             * Format: money
             * @description More than 0, with at most the decimals of the account's currency.
             * @example 500.75
             */
            amount: number;
            /**
             * @description Up to 500 characters; by default `Depósito manual`, in English `Manual deposit`.
             * @example Saldo inicial
             */
            description?: string | null;
        };
        /** @description Income, an expense, or one side of a transfer. */
        Transaction: {
            /**
             * Format: uuid
             * @description The transaction's id.
             * @example 9c3e5a70-7f6e-4d4b-9f0a-1f6f2d8b4c21
             */
            id: string;
            type: components["schemas"]["TransactionType"];
            /**
             * @description More than 0. The type determines the direction.
             * @example 25.5
             */
            amount: number;
            /**
             * @description The account's currency.
             * @example USD
             */
            currency: string;
            /**
             * @description What the transaction was for.
             * @example Factura de marzo
             */
            description: string | null;
            /**
             * Format: date-time
             * @description The date of the transaction.
             * @example 2024-03-05T09:00:00.000Z
             */
            date: string;
            /**
             * Format: uuid
             * @description Its owner.
             * @example 550e8400-e29b-41d4-a716-446655440000
             */
            userId: string;
            /**
             * Format: uuid
             * @description Its account; null if that was deleted.
             * @example 7d9f3f3a-52a3-4a4c-9d60-0c3c1a2f6d11
             */
            accountId: string | null;
            /**
             * Format: uuid
             * @description Its category; null if there is none.
             * @example 0b8f8e5e-3c0e-4c53-8d4a-b4f7ad7a1e90
             */
            categoryId: string | null;
            account: components["schemas"]["TransactionAccount"];
            category: components["schemas"]["TransactionCategory"];
            /**
             * Format: date-time
             * @description When it was recorded.
             * @example 2024-03-05T09:00:00.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description When it last changed.
             * @example 2024-03-05T09:00:00.000Z
             */
            updatedAt: string;
            /**
             * Format: date-time
             * @description Always null: deleted transactions are not shown.
             * @example null
             */
            deletedAt: string | null;
            transfer?: components["schemas"]["TransactionTransfer"];
        };
        /** @description The transfer between accounts that the transaction is one side of. Other transactions do not have it. */
        TransactionTransfer: {
            /**
             * Format: uuid
             * @description The id that both sides have.
             * @example 5a4d0a54-9a53-4a39-8a1b-8b7b0d1c3f02
             */
            id: string;
            /**
             * @description `OUTGOING` if the money left the transaction's account; `INCOMING` if it arrived there.
             * @example OUTGOING
             * @enum {string}
             */
            direction: "OUTGOING" | "INCOMING";
            /**
             * Format: uuid
             * @description The transaction on the other side; null if that has left the transfer.
             * @example 1d2c5a70-7f6e-4d4b-9f0a-1f6f2d8b4c99
             */
            transactionId: string | null;
            /**
             * Format: uuid
             * @description The account of that transaction; null if it was deleted.
             * @example 3b6a1c52-0f0d-4a27-9a53-6a1f7c1e2b77
             */
            accountId: string | null;
            /**
             * @description The name of that account.
             * @example Vacaciones
             */
            accountName: string | null;
            /**
             * @description The description of that transaction.
             * @example Recibido: Vacaciones
             */
            description: string | null;
        };
        /**
         * @description `INCOME` adds to the account; `EXPENSE` and `TRANSFER` subtract from it.
         * @example EXPENSE
         * @enum {string}
         */
        TransactionType: "INCOME" | "EXPENSE" | "TRANSFER";
        /** @description The account of a transaction; null if it was deleted. */
        TransactionAccount: {
            /**
             * Format: uuid
             * @description The account's id.
             * @example 7d9f3f3a-52a3-4a4c-9d60-0c3c1a2f6d11
             */
            id: string;
            /**
             * @description Its name.
             * @example Efectivo / Billetera
             */
            name: string;
            type: components["schemas"]["AccountType"];
            /**
             * @description Its current balance.
             * @example 974.5
             */
            balance: number;
            /**
             * @description Its currency.
             * @example USD
             */
            currency: string;
            /**
             * @description Hex colour for display.
             * @example #10B981
             */
            color: string | null;
            /**
             * @description Icon name for display.
             * @example wallet
             */
            icon: string | null;
        } | null;
        /**
         * @description The type of a category's transactions; `BOTH` takes either.
         * @example EXPENSE
         * @enum {string}
         */
        CategoryType: "INCOME" | "EXPENSE" | "BOTH";
        /** @description The category of a transaction; null if there is none. */
        TransactionCategory: {
            /**
             * Format: uuid
             * @description The category's id.
             * @example 0b8f8e5e-3c0e-4c53-8d4a-b4f7ad7a1e90
             */
            id: string;
            /**
             * @description Its name.
             * @example Agua
             */
            name: string;
            type: components["schemas"]["CategoryType"];
            /**
             * @description Hex colour for display.
             * @example #AA96DA
             */
            color: string | null;
            /**
             * @description Lucide icon name.
             * @example Droplet
             */
            icon: string | null;
            /**
             * @description Whether its expenses recur.
             * @example true
             */
            isFixed: boolean;
        } | null;
        /** @description One page of the transactions. */
        TransactionPage: {
            /** @description The transactions of this page. */
            data: components["schemas"]["Transaction"][];
            meta: components["schemas"]["PageMeta"];
        };
        /** @description A transaction to record. */
        NewTransaction: {
            type: components["schemas"]["TransactionType"];
            /**
             * Format: money
             * @description More than 0, with at most the decimals of the account's currency, thirteen digits before the decimal point, and fifteen in all.
             * @example 25.5
             */
            amount: number;
            /**
             * Format: uuid
             * @description An account of the caller.
             * @example 7d9f3f3a-52a3-4a4c-9d60-0c3c1a2f6d11
             */
            accountId: string;
            /**
             * @description The account's currency, which is also the default.
             * @example USD
             */
            currency?: string | null;
            /**
             * @description Up to 500 characters.
             * @example Factura de marzo
             */
            description?: string | null;
            /**
             * Format: iso-date
             * @description The date in ISO 8601, as a day or with a time; now by default.
             * @example 2024-03-05T09:00:00.000Z
             */
            date?: string | null;
            /**
             * Format: uuid
             * @description A category of the caller's.
             * @example 0b8f8e5e-3c0e-4c53-8d4a-b4f7ad7a1e90
             */
            categoryId?: string | null;
            /**
             * Format: money
             * @description What an account with a balance of 0 held before the transaction. It is recorded as a deposit of the same date, together with the transaction or not at all.
             * @example 100
             */
            openingBalance?: number | null;
        };
        /**
         * @description The new type of the transaction; null leaves it unchanged.
         * @example EXPENSE
         * @enum {string|null}
         */
        NullableTransactionType: "INCOME" | "EXPENSE" | "TRANSFER" | null;
        /** @description Changes of a transaction. Absent properties stay unchanged. */
        TransactionUpdate: {
            type?: components["schemas"]["NullableTransactionType"];
            /**
             * Format: money
             * @description More than 0, with at most the decimals of the account's currency, thirteen digits before the decimal point, and fifteen in all.
             * @example 25.5
             */
            amount?: number | null;
            /**
             * Format: uuid
             * @description An account of the caller.
             * @example 7d9f3f3a-52a3-4a4c-9d60-0c3c1a2f6d11
             */
            accountId?: string | null;
            /**
             * @description The account's currency, which is also the default.
             * @example USD
             */
            currency?: string | null;
            /**
             * @description Up to 500 characters.
             * @example Factura de marzo
             */
            description?: string | null;
            /**
             * Format: iso-date
             * @description The date in ISO 8601, as a day or with a time.
             * @example 2024-03-05T09:00:00.000Z
             */
            date?: string | null;
            /**
             * Format: uuid
             * @description A category of the caller's.
             * @example 0b8f8e5e-3c0e-4c53-8d4a-b4f7ad7a1e90
             */
            categoryId?: string | null;
        };
        /** @description The caller's net worth. */
        NetWorth: {
            /**
             * @description The total of the accounts in each currency.
             * @example {
             *       "ARS": 125000.5,
             *       "USD": 5430.25
             *     }
             */
            netWorth: {
                [key: string]: number;
            };
        };
        /** @description A category of income or expenses. */
        Category: {
            /**
             * Format: uuid
             * @description The category's id.
             * @example 0b8f8e5e-3c0e-4c53-8d4a-b4f7ad7a1e90
             */
            id: string;
            /**
             * Format: uuid
             * @description Its owner.
             * @example 550e8400-e29b-41d4-a716-446655440000
             */
            userId: string;
            /**
             * @description Its name.
             * @example Agua
             */
            name: string;
            type: components["schemas"]["CategoryType"];
            /**
             * @description Whether its expenses recur.
             * @example true
             */
            isFixed: boolean;
            /**
             * @description Hex colour for display.
             * @example #AA96DA
             */
            color: string | null;
            /**
             * @description Lucide icon name.
             * @example Droplet
             */
            icon: string | null;
            /**
             * Format: uuid
             * @description Its parent; null for a top-level category.
             * @example 5a4d0a54-9a53-4a39-8a1b-8b7b0d1c3f02
             */
            parentId: string | null;
            /**
             * Format: date-time
             * @description When it was created.
             * @example 2024-03-04T14:13:20.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description When it last changed.
             * @example 2024-03-04T14:13:20.000Z
             */
            updatedAt: string;
            /**
             * Format: date-time
             * @description Always null in lists.
             * @example null
             */
            deletedAt: string | null;
        };
        /** @description A category to create. */
        NewCategory: {
            /**
             * @description 2 to 50 characters.
             * @example Veterinario
             */
            name: string;
            type: components["schemas"]["CategoryType"];
            /**
             * @description Whether its expenses recur.
             * @default false
             * @example false
             */
            isFixed?: boolean | null;
            /**
             * @description Hex colour for display.
             * @example #95E1D3
             */
            color?: string | null;
            /**
             * @description Lucide icon name.
             * @example PawPrint
             */
            icon?: string | null;
            /**
             * Format: uuid
             * @description The new parent; null for a top-level category.
             * @example 0b8f8e5e-3c0e-4c53-8d4a-b4f7ad7a1e90
             */
            parentId?: string | null;
        };
        /**
         * @description The new type of the category; null leaves it unchanged.
         * @example EXPENSE
         * @enum {string|null}
         */
        NullableCategoryType: "INCOME" | "EXPENSE" | "BOTH" | null;
        /** @description Changes of a category. Absent properties stay unchanged. */
        CategoryUpdate: {
            /**
             * @description 2 to 50 characters.
             * @example Veterinario
             */
            name?: string | null;
            type?: components["schemas"]["NullableCategoryType"];
            /**
             * @description Whether its expenses recur.
             * @example false
             */
            isFixed?: boolean | null;
            /**
             * @description Hex colour for display.
             * @example #95E1D3
             */
            color?: string | null;
            /**
             * @description Lucide icon name.
             * @example PawPrint
             */
            icon?: string | null;
            /**
             * Format: uuid
             * @description The new parent; null for a top-level category.
             * @example 0b8f8e5e-3c0e-4c53-8d4a-b4f7ad7a1e90
             */
            parentId?: string | null;
        };
        /** @description A category with its parent and subcategories. */
        CategoryDetail: {
            /**
             * Format: uuid
             * @description The category's id.
             * @example 0b8f8e5e-3c0e-4c53-8d4a-b4f7ad7a1e90
             */
            id: string;
            /**
             * Format: uuid
             * @description Its owner.
             * @example 550e8400-e29b-41d4-a716-446655440000
             */
            userId: string;
            /**
             * @description Its name.
             * @example Agua
             */
            name: string;
            type: components["schemas"]["CategoryType"];
            /**
             * @description Whether its expenses recur.
             * @example true
             */
            isFixed: boolean;
            /**
             * @description Hex colour for display.
             * @example #AA96DA
             */
            color: string | null;
            /**
             * @description Lucide icon name.
             * @example Droplet
             */
            icon: string | null;
            /**
             * Format: uuid
             * @description Its parent; null for a top-level category.
             * @example 5a4d0a54-9a53-4a39-8a1b-8b7b0d1c3f02
             */
            parentId: string | null;
            /**
             * Format: date-time
             * @description When it was created.
             * @example 2024-03-04T14:13:20.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description When it last changed.
             * @example 2024-03-04T14:13:20.000Z
             */
            updatedAt: string;
            /**
             * Format: date-time
             * @description Always null here.
             * @example null
             */
            deletedAt: string | null;
            /** @description Its subcategories, ordered by name. */
            children: components["schemas"]["Category"][];
            parent: components["schemas"]["ParentCategory"];
        };
        /** @description Its parent; null for a top-level category. */
        ParentCategory: {
            /**
             * Format: uuid
             * @description The category's id.
             * @example 0b8f8e5e-3c0e-4c53-8d4a-b4f7ad7a1e90
             */
            id: string;
            /**
             * Format: uuid
             * @description Its owner.
             * @example 550e8400-e29b-41d4-a716-446655440000
             */
            userId: string;
            /**
             * @description Its name.
             * @example Agua
             */
            name: string;
            type: components["schemas"]["CategoryType"];
            /**
             * @description Whether its expenses recur.
             * @example true
             */
            isFixed: boolean;
            /**
             * @description Hex colour for display.
             * @example #AA96DA
             */
            color: string | null;
            /**
             * @description Lucide icon name.
             * @example Droplet
             */
            icon: string | null;
            /**
             * Format: uuid
             * @description Its parent; null for a top-level category.
             * @example 5a4d0a54-9a53-4a39-8a1b-8b7b0d1c3f02
             */
            parentId: string | null;
            /**
             * Format: date-time
             * @description When it was created.
             * @example 2024-03-04T14:13:20.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description When it last changed.
             * @example 2024-03-04T14:13:20.000Z
             */
            updatedAt: string;
            /**
             * Format: date-time
             * @description Always null in lists.
             * @example null
             */
            deletedAt: string | null;
        } | null;
        /** @description The result of deleting a category. */
        DeletedCategory: {
            /**
             * @description The result, as a sentence.
             * @example Category deleted successfully
             */
            message: string;
            /**
             * @description How many subcategories were deleted with it.
             * @example 2
             */
            childrenDeleted: number;
        };
        /** @description One page of the categories. */
        CategoryPage: {
            /** @description The categories of this page. */
            data: components["schemas"]["Category"][];
            meta: components["schemas"]["PageMeta"];
        };
        /** @description A budget to create. */
        NewBudget: {
            /**
             * Format: money
             * @description The limit, more than 0, with at most the decimals of the user's currency.
             * @example 50000
             */
            amount: number;
            /**
             * Format: int32
             * @description The month in the caller's fiscal calendar.
             * @example 3
             */
            month: number;
            /**
             * Format: int32
             * @description The year of the month.
             * @example 2026
             */
            year: number;
            /**
             * Format: uuid
             * @description One of the caller's categories.
             * @example 5a4d0a54-9a53-4a39-8a1b-8b7b0d1c3f02
             */
            categoryId: string;
        };
        /** @description Changes of a budget. Absent properties stay unchanged. */
        BudgetUpdate: {
            /**
             * Format: money
             * @description The limit, more than 0, with at most the decimals of the user's currency.
             * @example 60000
             */
            amount?: number | null;
            /**
             * Format: int32
             * @description The month in the caller's fiscal calendar.
             * @example 3
             */
            month?: number | null;
            /**
             * Format: int32
             * @description The year of the month.
             * @example 2026
             */
            year?: number | null;
            /**
             * Format: uuid
             * @description One of the caller's categories.
             * @example 5a4d0a54-9a53-4a39-8a1b-8b7b0d1c3f02
             */
            categoryId?: string | null;
        };
        /** @description A spending limit for a category in one month. */
        Budget: {
            /**
             * Format: uuid
             * @description The budget's id.
             * @example 9b2f8f0e-0d1f-4d55-8a3d-3e9d3a1c7b11
             */
            id: string;
            /**
             * @description The limit.
             * @example 50000
             */
            amount: number;
            /**
             * @description The month in the user's fiscal calendar.
             * @example 3
             */
            month: number;
            /**
             * @description The year of the month.
             * @example 2026
             */
            year: number;
            /**
             * Format: uuid
             * @description The category.
             * @example 5a4d0a54-9a53-4a39-8a1b-8b7b0d1c3f02
             */
            categoryId: string;
            /**
             * Format: uuid
             * @description Its owner.
             * @example 550e8400-e29b-41d4-a716-446655440000
             */
            userId: string;
            /**
             * Format: date-time
             * @description When it was created.
             * @example 2026-03-04T14:13:20.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description When it last changed.
             * @example 2026-03-04T14:13:20.000Z
             */
            updatedAt: string;
        };
        /** @description A category with its budget and spending in one month. */
        BudgetNode: {
            /**
             * Format: uuid
             * @description The budget's id; null without a budget.
             * @example 9b2f8f0e-0d1f-4d55-8a3d-3e9d3a1c7b11
             */
            id: string | null;
            /**
             * Format: uuid
             * @description The category; null for `Uncategorized`.
             * @example 5a4d0a54-9a53-4a39-8a1b-8b7b0d1c3f02
             */
            categoryId: string | null;
            /**
             * @description Its name.
             * @example Alimentación
             */
            categoryName: string;
            /**
             * @description Its colour; `#ccc` if it has none.
             * @example #FF6B6B
             */
            categoryColor: string;
            /**
             * @description Its icon; `Wallet` if it has none.
             * @example Utensils
             */
            categoryIcon: string;
            /**
             * @description The budget; 0 if there is none.
             * @example 50000
             */
            amount: number;
            /**
             * @description The amount spent, including subcategories.
             * @example 42000.5
             */
            spent: number;
            /**
             * @description The amount spent, without subcategories.
             * @example 2000
             */
            directSpent: number;
            /**
             * @description The rest of the budget, at least 0.
             * @example 7999.5
             */
            remaining: number;
            /**
             * Format: int64
             * @description The percentage of the budget that is spent, as a whole number; 0 without a budget.
             * @example 84
             */
            percentage: number;
            /**
             * @description By the unrounded percentage: below 80, below 100, from 100; or without a budget.
             * @example WARNING
             * @enum {string}
             */
            status: "OK" | "WARNING" | "EXCEEDED" | "UNBUDGETED";
            /** @description The subcategories, ordered by name. */
            children: components["schemas"]["BudgetNode"][];
        };
        /** @description The summary of one month. */
        Dashboard: {
            summary: components["schemas"]["DashboardSummary"];
            /** @description Expenses by top-level category, largest first. */
            chartData: components["schemas"]["CategoryShare"][];
            expensesAnalysis: components["schemas"]["ExpensesAnalysis"];
        };
        /** @description The totals of the month in one currency, and in the others. */
        DashboardSummary: {
            /**
             * @description Total income.
             * @example 150000
             */
            income: number;
            /**
             * @description Total expenses.
             * @example 42000.5
             */
            expense: number;
            /**
             * @description Income minus expenses.
             * @example 107999.5
             */
            cashFlow: number;
            /**
             * @description The current balance of the accounts.
             * @example 230500.75
             */
            totalAvailable: number;
            /**
             * @description The same totals in each other currency, by its code.
             * @example {
             *       "USD": {
             *         "income": 200,
             *         "expense": 0,
             *         "cashFlow": 200,
             *         "totalAvailable": 5430.25
             *       }
             *     }
             */
            byCurrency: {
                [key: string]: components["schemas"]["CurrencySummary"];
            };
        };
        /** @description The totals of the month in another currency. */
        CurrencySummary: {
            /**
             * @description Total income.
             * @example 200
             */
            income: number;
            /**
             * @description Total expenses.
             * @example 0
             */
            expense: number;
            /**
             * @description Income minus expenses.
             * @example 200
             */
            cashFlow: number;
            /**
             * @description The current balance of the accounts.
             * @example 5430.25
             */
            totalAvailable: number;
        };
        /** @description The amount spent in a top-level category and its subcategories. */
        CategoryShare: {
            /**
             * @description Its name; `Otros` for expenses without a category.
             * @example Alimentación
             */
            categoryName: string;
            /**
             * @description The amount spent.
             * @example 40000.5
             */
            total: number;
            /**
             * @description Its colour; `#94a3b8` if it has none.
             * @example #FF6B6B
             */
            color: string;
        };
        /** @description The expenses, divided into fixed and variable ones. */
        ExpensesAnalysis: {
            /**
             * @description Expenses in fixed categories.
             * @example 0
             */
            fixed: number;
            /**
             * @description Expenses in all other categories or without a category.
             * @example 42000.5
             */
            variable: number;
        };
        /** @description The position of this page in the whole list. */
        PageMeta: {
            /**
             * @description This page.
             * @example 1
             */
            page: number;
            /**
             * @description Rows per page.
             * @example 20
             */
            limit: number;
            /**
             * @description The total number of rows.
             * @example 24
             */
            total: number;
            /**
             * @description The total number of pages.
             * @example 2
             */
            totalPages: number;
            /**
             * @description Whether a page follows.
             * @example true
             */
            hasNextPage: boolean;
            /**
             * @description Whether a page precedes.
             * @example false
             */
            hasPreviousPage: boolean;
        };
        /** @description The caller's active sessions. */
        SessionList: {
            /** @description Active sessions, newest first. */
            sessions: components["schemas"]["Session"][];
        };
        /** @description An active session. */
        Session: {
            /**
             * Format: uuid
             * @description The session's id.
             * @example 2f1c9f0a-6a55-4c1e-8c0b-0d6a5d8f7b21
             */
            id: string;
            /**
             * Format: date-time
             * @description When it started.
             * @example 2024-03-04T14:13:20.000Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @description Its last call, to the minute.
             * @example 2024-03-04T15:00:00.000Z
             */
            last_seen_at: string;
            /**
             * @description The client's User-Agent.
             * @example Mozilla/5.0
             */
            user_agent: string;
            /**
             * @description The client's address at the start.
             * @example 203.0.113.7
             */
            address: string;
            /**
             * @description Whether it is the session of this request.
             * @example true
             */
            current: boolean;
        };
        /** @description The result of an operation that returns nothing else. */
        Message: {
            /**
             * @description The result, as a sentence.
             * @example Logout successful
             */
            message: string;
        };
        /** @description The result of a probe. */
        Health: {
            /**
             * @description `ok` or `ready`.
             * @example ok
             * @enum {string}
             */
            status: "ok" | "ready";
        };
        /** @description An error of the app door. */
        AppError: {
            /**
             * @description The HTTP status.
             * @example 400
             */
            statusCode: number;
            /**
             * @description One text, or, if a body or query breaks rules, a list with one text for each broken rule.
             * @example [
             *       "email must be an email"
             *     ]
             */
            message: string | string[];
            /**
             * @description The name of the status; absent from plain 401, 413 and 500 responses.
             * @example Bad Request
             */
            error?: string;
            /**
             * Format: int64
             * @description For 402: the current balance.
             * @example 3
             */
            current_balance?: number;
            /**
             * @description For 402: the price of the call.
             * @example 10
             */
            required_cost?: number;
            /**
             * Format: date-time
             * @description For 402: when the next refill is.
             * @example 2024-04-04T14:13:20.000Z
             */
            next_refill_at?: string;
            /**
             * @description For 402: the plan.
             * @example free
             */
            plan?: string;
            /**
             * @description For 402: where to get more tokens.
             * @example https://alta.example.com/pricing
             */
            upgrade_url?: string;
        };
        /** @description An error of the API door. */
        Failure: {
            /**
             * @description What went wrong.
             * @example Session not found
             */
            message: string;
            code: components["schemas"]["ErrorCode"];
            /** @description For `invalid_request`, each field that broke a rule. */
            errors?: {
                /**
                 * @description Its name.
                 * @example id
                 */
                field: string;
                /**
                 * @description The broken rule, as a sentence.
                 * @example Validation failed (uuid is expected)
                 */
                message: string;
            }[];
            /**
             * Format: int64
             * @description For 402: the current balance.
             * @example 3
             */
            current_balance?: number;
            /**
             * @description For 402: the price of the call.
             * @example 10
             */
            required_cost?: number;
            /**
             * Format: date-time
             * @description For 402: when the next refill is.
             * @example 2024-04-04T14:13:20.000Z
             */
            next_refill_at?: string;
            /**
             * @description For 402: the plan.
             * @example free
             */
            plan?: string;
            /**
             * @description For 402: where to get more tokens.
             * @example https://alta.example.com/pricing
             */
            upgrade_url?: string;
            /**
             * @description The id of this request, as in `X-Request-Id`.
             * @example 5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10
             */
            request_id: string;
        };
        /**
         * @description A stable name for the kind of error. Both doors send it in the header `Alta-Error`; the API door also has it in the body. New codes may be added.
         * @example not_found
         * @enum {string}
         */
        ErrorCode: "invalid_request" | "email_taken" | "insufficient_tokens" | "idempotency_conflict" | "idempotency_mismatch" | "precondition_failed" | "invite_unknown" | "invite_token_invalid" | "invite_used" | "invite_expired" | "invite_revoked" | "invalid_credentials" | "email_unverified" | "locked" | "token_invalid" | "unauthorized" | "forbidden" | "suspended" | "not_found" | "method_not_allowed" | "unsupported_media_type" | "too_large" | "rate_limited" | "mail_limited" | "mail_failed" | "overloaded" | "internal" | "account_not_found" | "default_account" | "currency_locked" | "negative_balance" | "account_not_empty" | "insufficient_funds" | "amount_out_of_range" | "transfer_account_not_found" | "same_account" | "transfer_currency_mismatch" | "transfer_fixed" | "transaction_not_found" | "account_deleted" | "currency_mismatch" | "category_invalid" | "category_not_found" | "category_exists" | "category_type_mismatch" | "category_type_locked" | "categories_exist" | "parent_not_found" | "parent_invalid" | "parent_type_mismatch" | "budget_not_found" | "budget_exists" | "budget_above_parent" | "budget_below_children" | "self_deletion" | "too_many_accounts" | "too_many_categories" | "too_many_deleted_categories" | "too_many_budgets" | "too_many_transactions";
    };
    responses: {
        /** @description The credential is missing, malformed, expired, revoked or of another kind. */
        AppUnauthorized: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "X-Request-Id": components["headers"]["RequestID"];
                "WWW-Authenticate": components["headers"]["Authenticate"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "statusCode": 401,
                 *       "message": "Unauthorized"
                 *     }
                 */
                "application/json": components["schemas"]["AppError"];
            };
        };
        /** @description Insufficient token balance for this call. Nothing was charged. */
        AppInsufficientTokens: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "X-Request-Id": components["headers"]["RequestID"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "statusCode": 402,
                 *       "message": "Insufficient token balance for this call.",
                 *       "error": "Payment Required",
                 *       "current_balance": 0,
                 *       "required_cost": 1,
                 *       "next_refill_at": "2024-04-04T14:13:20.000Z",
                 *       "plan": "free",
                 *       "upgrade_url": "https://alta.example.com/pricing"
                 *     }
                 */
                "application/json": components["schemas"]["AppError"];
            };
        };
        /** @description The operation does not accept API keys, or the key's owner is suspended or has not verified the email address. */
        AppKeyRefused: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "X-Request-Id": components["headers"]["RequestID"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "statusCode": 403,
                 *       "message": "Forbidden resource",
                 *       "error": "Forbidden"
                 *     }
                 */
                "application/json": components["schemas"]["AppError"];
            };
        };
        /** @description The key's owner is suspended or has not verified the email address. */
        AppKeyForbidden: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "X-Request-Id": components["headers"]["RequestID"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["AppError"];
            };
        };
        /** @description By API key: the key's owner is suspended or has not verified the email address. By cookie: the page has another origin. */
        AppForbidden: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "X-Request-Id": components["headers"]["RequestID"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["AppError"];
            };
        };
        /** @description The caller is not an administrator, or the request was made by API key or by cookie from a page of another origin. */
        AppAdminOnly: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "X-Request-Id": components["headers"]["RequestID"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "statusCode": 403,
                 *       "message": "Forbidden resource",
                 *       "error": "Forbidden"
                 *     }
                 */
                "application/json": components["schemas"]["AppError"];
            };
        };
        /** @description There is no such user. */
        AppUserNotFound: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "X-Request-Id": components["headers"]["RequestID"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "statusCode": 404,
                 *       "message": "Usuario no encontrado",
                 *       "error": "Not Found"
                 *     }
                 */
                "application/json": components["schemas"]["AppError"];
            };
        };
        /** @description A request with this Idempotency-Key is still being processed. */
        AppIdempotencyConflict: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "Retry-After": components["headers"]["RetryAfter"];
                "X-Request-Id": components["headers"]["RequestID"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "statusCode": 409,
                 *       "message": "A request with this Idempotency-Key is still being processed.",
                 *       "error": "Conflict"
                 *     }
                 */
                "application/json": components["schemas"]["AppError"];
            };
        };
        /** @description The resource has none of the entity tags in `If-Match`. Nothing was changed. */
        AppPreconditionFailed: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "X-Request-Id": components["headers"]["RequestID"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                "X-Token-Cost": components["headers"]["TokenCost"];
                "X-Token-Balance": components["headers"]["TokenBalance"];
                "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "statusCode": 412,
                 *       "message": "El recurso ha cambiado desde que lo leíste. Vuelve a leerlo e inténtalo de nuevo.",
                 *       "error": "Precondition Failed"
                 *     }
                 */
                "application/json": components["schemas"]["AppError"];
            };
        };
        /** @description This Idempotency-Key was already used for another request. */
        AppIdempotencyMismatch: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "X-Request-Id": components["headers"]["RequestID"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "statusCode": 422,
                 *       "message": "This Idempotency-Key was used for a different request.",
                 *       "error": "Unprocessable Entity"
                 *     }
                 */
                "application/json": components["schemas"]["AppError"];
            };
        };
        /** @description The operation does not accept API keys, or the request was made by cookie from a page of another origin. */
        AppCrossOrigin: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "X-Request-Id": components["headers"]["RequestID"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "statusCode": 403,
                 *       "message": "Forbidden resource",
                 *       "error": "Forbidden"
                 *     }
                 */
                "application/json": components["schemas"]["AppError"];
            };
        };
        /** @description The body is longer than 100 kB. */
        AppTooLarge: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "X-Request-Id": components["headers"]["RequestID"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "statusCode": 413,
                 *       "message": "request entity too large"
                 *     }
                 */
                "application/json": components["schemas"]["AppError"];
            };
        };
        /** @description The body is not JSON, or is compressed. */
        AppUnsupportedMediaType: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "X-Request-Id": components["headers"]["RequestID"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "statusCode": 415,
                 *       "message": "Content-Type must be application/json",
                 *       "error": "Unsupported Media Type"
                 *     }
                 */
                "application/json": components["schemas"]["AppError"];
            };
        };
        /** @description This server does not offer sign-in with Google. */
        AppNoGoogle: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "X-Request-Id": components["headers"]["RequestID"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "statusCode": 404,
                 *       "message": "Cannot GET /api/auth/google",
                 *       "error": "Not Found"
                 *     }
                 */
                "application/json": components["schemas"]["AppError"];
            };
        };
        /** @description Too many requests. */
        AppRateLimited: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "Retry-After": components["headers"]["RetryAfter"];
                "X-Request-Id": components["headers"]["RequestID"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "statusCode": 429,
                 *       "message": "Rate limit exceeded for your tier (see /pricing for tier limits).",
                 *       "error": "Too Many Requests"
                 *     }
                 */
                "application/json": components["schemas"]["AppError"];
            };
        };
        /** @description Unexpected server-side failure. Retry with backoff; report if persistent. */
        AppInternal: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "X-Request-Id": components["headers"]["RequestID"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                "X-Token-Cost": components["headers"]["TokenCost"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "statusCode": 500,
                 *       "message": "Internal server error"
                 *     }
                 */
                "application/json": components["schemas"]["AppError"];
            };
        };
        /** @description The server is too busy, stopping, or its database is away or takes no writes. Nothing was done, unless the database did not say whether it was: repeat the request with its `Idempotency-Key`. */
        AppOverloaded: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "Retry-After": components["headers"]["RetryAfter"];
                "X-Request-Id": components["headers"]["RequestID"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                "X-Token-Cost": components["headers"]["TokenCost"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "statusCode": 503,
                 *       "message": "The server is busy. Try again shortly.",
                 *       "error": "Service Unavailable"
                 *     }
                 */
                "application/json": components["schemas"]["AppError"];
            };
        };
        /** @description The Idempotency-Key is invalid. */
        AppInvalidIdempotencyKey: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "X-Request-Id": components["headers"]["RequestID"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "statusCode": 400,
                 *       "message": [
                 *         "Idempotency-Key should not be empty"
                 *       ],
                 *       "error": "Bad Request"
                 *     }
                 */
                "application/json": components["schemas"]["AppError"];
            };
        };
        /** @description The caller has no such account. */
        AppAccountNotFound: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "X-Request-Id": components["headers"]["RequestID"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                "X-Token-Cost": components["headers"]["TokenCost"];
                "X-Token-Balance": components["headers"]["TokenBalance"];
                "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["AppError"];
            };
        };
        /** @description The id is not a UUID. */
        AppInvalidID: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "X-Request-Id": components["headers"]["RequestID"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "statusCode": 400,
                 *       "message": "Validation failed (uuid is expected)",
                 *       "error": "Bad Request"
                 *     }
                 */
                "application/json": components["schemas"]["AppError"];
            };
        };
        /** @description The caller has no such transaction. */
        AppTransactionNotFound: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "X-Request-Id": components["headers"]["RequestID"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                "X-Token-Cost": components["headers"]["TokenCost"];
                "X-Token-Balance": components["headers"]["TokenBalance"];
                "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["AppError"];
            };
        };
        /** @description A category with this name, type and parent exists, or a request with this Idempotency-Key is still being processed. */
        AppCategoryConflict: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "Retry-After": components["headers"]["RetryAfter"];
                "X-Request-Id": components["headers"]["RequestID"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                "X-Token-Cost": components["headers"]["TokenCost"];
                "X-Token-Balance": components["headers"]["TokenBalance"];
                "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["AppError"];
            };
        };
        /** @description A parameter or the Idempotency-Key is invalid, or `month` is without `year`. */
        AppExportInvalid: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "X-Request-Id": components["headers"]["RequestID"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                "X-Token-Cost": components["headers"]["TokenCost"];
                "X-Token-Balance": components["headers"]["TokenBalance"];
                "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "statusCode": 400,
                 *       "message": [
                 *         "accountId must be a UUID"
                 *       ],
                 *       "error": "Bad Request"
                 *     }
                 */
                "application/json": components["schemas"]["AppError"];
            };
        };
        /** @description The caller has no such category. */
        AppCategoryNotFound: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "X-Request-Id": components["headers"]["RequestID"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                "X-Token-Cost": components["headers"]["TokenCost"];
                "X-Token-Balance": components["headers"]["TokenBalance"];
                "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["AppError"];
            };
        };
        /** @description The input is invalid, or the budget exceeds its parent's or is less than the total of its subcategories'. */
        BudgetRefused: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "X-Request-Id": components["headers"]["RequestID"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                "X-Token-Cost": components["headers"]["TokenCost"];
                "X-Token-Balance": components["headers"]["TokenBalance"];
                "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["AppError"];
            };
        };
        /** @description The budget belongs to another user, the key cannot be used, or the request was made by cookie from a page of another origin. */
        BudgetForbidden: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "X-Request-Id": components["headers"]["RequestID"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                "X-Token-Cost": components["headers"]["TokenCost"];
                "X-Token-Balance": components["headers"]["TokenBalance"];
                "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["AppError"];
            };
        };
        /** @description The category already has a budget in that month, or a request with this Idempotency-Key is still being processed. */
        BudgetConflict: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "Retry-After": components["headers"]["RetryAfter"];
                "X-Request-Id": components["headers"]["RequestID"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                "X-Token-Cost": components["headers"]["TokenCost"];
                "X-Token-Balance": components["headers"]["TokenBalance"];
                "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["AppError"];
            };
        };
        /** @description The credential is missing, malformed, expired, revoked or of another kind. */
        Unauthorized: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "X-Request-Id": components["headers"]["RequestID"];
                "WWW-Authenticate": components["headers"]["Authenticate"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "Missing or invalid Authorization header / api_Token.",
                 *       "code": "unauthorized",
                 *       "request_id": "5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10"
                 *     }
                 */
                "application/json": components["schemas"]["Failure"];
            };
        };
        /** @description The session is missing, malformed, expired or ended. A cookie of this server that was sent is cleared. */
        SessionEnded: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "X-Request-Id": components["headers"]["RequestID"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                "WWW-Authenticate": components["headers"]["Authenticate"];
                "Set-Cookie": components["headers"]["SessionCookie"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "Missing or invalid Authorization header / api_Token.",
                 *       "code": "unauthorized",
                 *       "request_id": "5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10"
                 *     }
                 */
                "application/json": components["schemas"]["Failure"];
            };
        };
        /** @description The operation does not accept API keys, or the request was made by cookie from a page of another origin. */
        CrossOrigin: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "X-Request-Id": components["headers"]["RequestID"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "Forbidden resource",
                 *       "code": "forbidden",
                 *       "request_id": "5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10"
                 *     }
                 */
                "application/json": components["schemas"]["Failure"];
            };
        };
        /** @description The operation does not accept API keys, or the key's owner is suspended or has not verified the email address. */
        KeyRefused: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "X-Request-Id": components["headers"]["RequestID"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "Forbidden resource",
                 *       "code": "forbidden",
                 *       "request_id": "5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10"
                 *     }
                 */
                "application/json": components["schemas"]["Failure"];
            };
        };
        /** @description The key's owner is suspended or has not verified the email address. */
        KeyForbidden: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "X-Request-Id": components["headers"]["RequestID"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Failure"];
            };
        };
        /** @description Insufficient token balance for this call. Nothing was charged. */
        InsufficientTokens: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "X-Request-Id": components["headers"]["RequestID"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "Insufficient token balance for this call.",
                 *       "code": "insufficient_tokens",
                 *       "current_balance": 3,
                 *       "required_cost": 10,
                 *       "next_refill_at": "2024-04-04T14:13:20.000Z",
                 *       "plan": "free",
                 *       "upgrade_url": "https://alta.example.com/pricing",
                 *       "request_id": "5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10"
                 *     }
                 */
                "application/json": components["schemas"]["Failure"];
            };
        };
        /** @description A request with this Idempotency-Key is still being processed. */
        IdempotencyConflict: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "Retry-After": components["headers"]["RetryAfter"];
                "X-Request-Id": components["headers"]["RequestID"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "A request with this Idempotency-Key is still being processed.",
                 *       "code": "idempotency_conflict",
                 *       "request_id": "5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10"
                 *     }
                 */
                "application/json": components["schemas"]["Failure"];
            };
        };
        /** @description The resource has none of the entity tags in `If-Match`. Nothing was changed. */
        PreconditionFailed: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "X-Request-Id": components["headers"]["RequestID"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "The resource has changed since it was read. Read it again, and retry.",
                 *       "code": "precondition_failed",
                 *       "request_id": "5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10"
                 *     }
                 */
                "application/json": components["schemas"]["Failure"];
            };
        };
        /** @description This Idempotency-Key was already used for another request. */
        IdempotencyMismatch: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "X-Request-Id": components["headers"]["RequestID"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "This Idempotency-Key was used for a different request.",
                 *       "code": "idempotency_mismatch",
                 *       "request_id": "5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10"
                 *     }
                 */
                "application/json": components["schemas"]["Failure"];
            };
        };
        /** @description The caller is not an administrator, or the request was made by API key or by cookie from a page of another origin. */
        AdminOnly: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "X-Request-Id": components["headers"]["RequestID"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "Forbidden resource",
                 *       "code": "forbidden",
                 *       "request_id": "5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10"
                 *     }
                 */
                "application/json": components["schemas"]["Failure"];
            };
        };
        /** @description The body is longer than 100 kB. */
        TooLarge: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "X-Request-Id": components["headers"]["RequestID"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "request entity too large",
                 *       "code": "too_large",
                 *       "request_id": "5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10"
                 *     }
                 */
                "application/json": components["schemas"]["Failure"];
            };
        };
        /** @description The body is not JSON, or is compressed. */
        UnsupportedMediaType: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "X-Request-Id": components["headers"]["RequestID"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "Content-Type must be application/json",
                 *       "code": "unsupported_media_type",
                 *       "request_id": "5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10"
                 *     }
                 */
                "application/json": components["schemas"]["Failure"];
            };
        };
        /** @description Too many requests. */
        RateLimited: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "Retry-After": components["headers"]["RetryAfter"];
                "X-Request-Id": components["headers"]["RequestID"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "Rate limit exceeded for your tier (see /pricing for tier limits).",
                 *       "code": "rate_limited",
                 *       "request_id": "5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10"
                 *     }
                 */
                "application/json": components["schemas"]["Failure"];
            };
        };
        /** @description Unexpected server-side failure. Retry with backoff; report if persistent. */
        Internal: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "X-Request-Id": components["headers"]["RequestID"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                "X-Token-Cost": components["headers"]["TokenCost"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "Unexpected server-side failure. Retry with backoff; report if persistent.",
                 *       "code": "internal",
                 *       "request_id": "5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10"
                 *     }
                 */
                "application/json": components["schemas"]["Failure"];
            };
        };
        /** @description The server is too busy, stopping, or its database is away or takes no writes. Nothing was done, unless the database did not say whether it was: repeat the request with its `Idempotency-Key`. */
        Overloaded: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "Retry-After": components["headers"]["RetryAfter"];
                "X-Request-Id": components["headers"]["RequestID"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                "X-Token-Cost": components["headers"]["TokenCost"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "The server is busy. Try again shortly.",
                 *       "code": "overloaded",
                 *       "request_id": "5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10"
                 *     }
                 */
                "application/json": components["schemas"]["Failure"];
            };
        };
        /** @description The token is missing. */
        TokenMissing: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "X-Request-Id": components["headers"]["RequestID"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "token must be a string",
                 *       "code": "invalid_request",
                 *       "errors": [
                 *         {
                 *           "field": "token",
                 *           "message": "token must be a string"
                 *         }
                 *       ],
                 *       "request_id": "5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10"
                 *     }
                 */
                "application/json": components["schemas"]["Failure"];
            };
        };
        /** @description The email address is invalid. */
        InvalidAddress: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "X-Request-Id": components["headers"]["RequestID"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "email must be an email",
                 *       "code": "invalid_request",
                 *       "errors": [
                 *         {
                 *           "field": "email",
                 *           "message": "email must be an email"
                 *         }
                 *       ],
                 *       "request_id": "5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10"
                 *     }
                 */
                "application/json": components["schemas"]["Failure"];
            };
        };
        /** @description The id is not a UUID. */
        InvalidID: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "X-Request-Id": components["headers"]["RequestID"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "Validation failed (uuid is expected)",
                 *       "code": "invalid_request",
                 *       "errors": [
                 *         {
                 *           "field": "id",
                 *           "message": "Validation failed (uuid is expected)"
                 *         }
                 *       ],
                 *       "request_id": "5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10"
                 *     }
                 */
                "application/json": components["schemas"]["Failure"];
            };
        };
        /** @description A parameter is invalid. */
        InvalidPage: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "X-Request-Id": components["headers"]["RequestID"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "page must not be less than 1",
                 *       "code": "invalid_request",
                 *       "errors": [
                 *         {
                 *           "field": "page",
                 *           "message": "page must not be less than 1"
                 *         }
                 *       ],
                 *       "request_id": "5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10"
                 *     }
                 */
                "application/json": components["schemas"]["Failure"];
            };
        };
        /** @description The caller has no such key. */
        APIKeyNotFound: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "X-Request-Id": components["headers"]["RequestID"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "API key not found",
                 *       "code": "not_found",
                 *       "request_id": "5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10"
                 *     }
                 */
                "application/json": components["schemas"]["Failure"];
            };
        };
        /** @description There is no such user. */
        UserNotFound: {
            headers: {
                "Alta-Error": components["headers"]["ErrorCode"];
                "X-Request-Id": components["headers"]["RequestID"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "User not found",
                 *       "code": "not_found",
                 *       "request_id": "5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10"
                 *     }
                 */
                "application/json": components["schemas"]["Failure"];
            };
        };
    };
    parameters: {
        /** @description A text that the client chooses, 1 to 255 visible ASCII characters. A retry with the same key within 24 hours has no second effect and no second charge: it gets the first response. Of a call by key that only reads, a response of more than 1,024 bytes is not stored: the retry reads again. Calls by session that only read are not stored. Of one caller, the newest 10,000 responses are kept, and the newest 16 MiB; of calls without a credential, 10,000 in all. */
        IdempotencyKey: string;
        /** @description Makes the call only if the resource still has one of these entity tags (RFC 9110 section 13.1.1): the `ETag` of an earlier response, several with commas, or `*` for any. Otherwise the response is 412, and nothing is changed. A weak tag (`W/"…"`) never matches. */
        IfMatch: string;
        /**
         * @description Only transactions whose description or category name contains this text, ignoring case and accents. The tilde of ñ counts: it makes a letter of its own.
         * @example factura
         */
        FilterSearch: string;
        /**
         * @description Only transactions of this type, ignoring case; `both` for all.
         * @example EXPENSE
         */
        FilterType: components["schemas"]["TransactionTypeFilter"];
        /**
         * @description Only transactions of this category.
         * @example 0b8f8e5e-3c0e-4c53-8d4a-b4f7ad7a1e90
         */
        FilterCategory: string;
        /**
         * @description Only transactions in this currency.
         * @example USD
         */
        FilterCurrency: components["schemas"]["Currency"];
        /**
         * @description Only transactions from this date on. A day starts at midnight in the user's time zone.
         * @example 2024-03-01
         */
        FilterStart: string;
        /**
         * @description Only transactions up to this date. A date without a time includes the whole day.
         * @example 2024-03-31
         */
        FilterEnd: string;
        /**
         * @description Only transactions of this fiscal month of `year`, which must be sent, too.
         * @example 3
         */
        FilterMonth: number;
        /**
         * @description Only transactions of this fiscal year, or of its `month` if that is sent.
         * @example 2024
         */
        FilterYear: number;
        /**
         * @description Only transactions of this day in the user's time zone.
         * @example 2024-03-05
         */
        FilterDate: string;
        /**
         * @description How a transfer between accounts is listed: `legs` as two transactions, which is the default, `once` as one. It is the same as in the list of transactions.
         * @example once
         */
        ReportTransfers: components["schemas"]["TransferListing"];
        /**
         * @description Only this account of the caller. Empty or `null` means all accounts.
         * @example null
         */
        ReportAccount: string;
        /**
         * @description `true` for all transactions, however many there are, instead of the latest 2,000. A workbook has room for 1,048,574.
         * @example true
         */
        ReportAll: boolean;
        /**
         * @description The account's id. An id that is not a UUID belongs to no account.
         * @example 3b1f0d7c-9a46-4f0e-8b5e-64d2f3a0c911
         */
        AccountID: string;
        /**
         * @description The category's id.
         * @example 0b8f8e5e-3c0e-4c53-8d4a-b4f7ad7a1e90
         */
        CategoryID: string;
        /**
         * @description The user's id.
         * @example 550e8400-e29b-41d4-a716-446655440000
         */
        UserID: string;
        /**
         * @description The page number, from 1.
         * @example 1
         */
        Page: number;
        /**
         * @description The transaction's id.
         * @example 9c3e5a70-7f6e-4d4b-9f0a-1f6f2d8b4c21
         */
        TransactionID: string;
        /**
         * @description The month in the caller's fiscal calendar; the current one by default.
         * @example 3
         */
        FiscalMonth: number;
        /**
         * @description The year of the month; that of the current month by default.
         * @example 2026
         */
        FiscalYear: number;
        /**
         * @description The budget's id, from the budget tree.
         * @example 9b2f8f0e-0d1f-4d55-8a3d-3e9d3a1c7b11
         */
        BudgetID: string;
        /**
         * @description The one-time token from the email.
         * @example 0fKd9sXyTt0mE0o1c7mJ2v0n4Q8yVb3sX5hKpR6wLzU1aG7eYc2iNqD9tB4rMfJx
         */
        MailToken: string;
        /**
         * @description The page number, from 1.
         * @example 1
         */
        AdminPage: number;
    };
    requestBodies: never;
    headers: {
        /**
         * @description The code of the failure, at both doors.
         * @example not_found
         */
        ErrorCode: components["schemas"]["ErrorCode"];
        /**
         * @description The id of this request, for logs and problem reports.
         * @example 5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10
         */
        RequestID: string;
        /**
         * @description The remaining calls, and the seconds until the limit resets (draft-ietf-httpapi-ratelimit-headers-11). Absent if the limit is off.
         * @example "data";r=599;t=1
         */
        RateLimit: string;
        /**
         * @description The limit, as calls per window in seconds (draft-ietf-httpapi-ratelimit-headers-11). Absent if the limit is off.
         * @example "data";q=600;w=60
         */
        RateLimitPolicy: string;
        /**
         * @description The accepted authentication scheme (RFC 9110 section 11.6.1).
         * @example Bearer
         */
        Authenticate: string;
        /**
         * @description The redirect target.
         * @example https://alta.example.com/verify-email?token=0fKd9sXyTt0mE0o1c7mJ2v0n4Q8yVb3sX5hKpR6wLzU1aG7eYc2iNqD9tB4rMfJx
         */
        Location: string;
        /**
         * @description The redirect target.
         * @example https://accounts.google.com/o/oauth2/v2/auth?client_id=407408718192.apps.googleusercontent.com&response_type=code&scope=openid+email+profile
         */
        GoogleLocation: string;
        /**
         * @description The redirect target.
         * @example https://app.example.com/oauth/callback?token=eyJhbGciOiJIUzI1NiJ9.e30.c2ln
         */
        FrontendLocation: string;
        /**
         * @description The tokens charged for the call. Only for calls by key.
         * @example 1
         */
        TokenCost: number;
        /**
         * @description The tokens left after the call. Only for calls by key.
         * @example 1999
         */
        TokenBalance: number;
        /**
         * @description The total number of rows, including those not in this response.
         * @example 2412
         */
        TotalCount: number;
        /**
         * @description The file name to save the response under (RFC 6266).
         * @example attachment; filename="alta-export.json"
         */
        ContentDisposition: string;
        /**
         * @description `true` if the file does not contain all transactions; otherwise absent.
         * @example true
         */
        Truncated: "true";
        /**
         * @description Seconds to wait before the next attempt.
         * @example 60
         */
        RetryAfter: string;
        /**
         * @description `true` if the response is that of the first call with this `Idempotency-Key`, which was not done again; else absent.
         * @example true
         */
        IdempotencyReplayed: "true";
        /**
         * @description The entity tag of the resource, for `If-Match` (RFC 9110 section 8.8.3). It is that of the response to `GET` for the resource, and differs if and only if anything in that response does, including what is computed, such as a balance.
         * @example "7f83b1657ff1fc53b92dc18148a1d65d"
         */
        ETag: string;
        /**
         * @description The session cookie (`__Host-alta`, or `alta` over plain http), `HttpOnly` and `SameSite=Lax`.
         * @example __Host-alta=eyJhbGciOiJIUzI1NiJ9.e30.c2ln; Path=/; Max-Age=604800; HttpOnly; Secure; SameSite=Lax
         */
        SessionCookie: string;
        /**
         * @description A cookie that marks the browser as the user's (`__Host-alta-device`, or `alta-device` over plain http), `HttpOnly` and `SameSite=Lax`. Its wrong passwords are counted apart from those of strangers.
         * @example __Host-alta-device=eyJhbGciOiJIUzI1NiJ9.e30.c2ln; Path=/; Max-Age=31536000; HttpOnly; Secure
         */
        DeviceCookie: string;
        /**
         * @description The cookie of this sign-in (`__Host-alta-sign-in-` and its ID, or `alta-sign-in-` and its ID over plain http), `HttpOnly` and `SameSite=Lax`.
         * @example __Host-alta-sign-in-7F3K=0fKd9sXyTt0mE0o1c7mJ2v0n4Q; Path=/; Max-Age=600; HttpOnly; Secure; SameSite=Lax
         */
        SignInCookie: string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    registerAppUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text that the client chooses, 1 to 255 visible ASCII characters. A retry with the same key within 24 hours has no second effect and no second charge: it gets the first response. Of a call by key that only reads, a response of more than 1,024 bytes is not stored: the retry reads again. Calls by session that only read are not stored. Of one caller, the newest 10,000 responses are kept, and the newest 16 MiB; of calls without a credential, 10,000 in all. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "john.doe@example.com",
                 *       "password": "SecurePass123!",
                 *       "firstName": "John",
                 *       "lastName": "Doe",
                 *       "currency": "USD"
                 *     }
                 */
                "application/json": components["schemas"]["AppRegistration"];
            };
        };
        responses: {
            /** @description The account was created and the user is logged in. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    "Set-Cookie": components["headers"]["SessionCookie"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "user": {
                     *         "id": "550e8400-e29b-41d4-a716-446655440000",
                     *         "email": "john.doe@example.com",
                     *         "firstName": "John",
                     *         "lastName": "Doe",
                     *         "currency": "USD",
                     *         "role": "USER",
                     *         "avatarUrl": null
                     *       },
                     *       "token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI1NTBlODQwMC1lMjliLTQxZDQtYTcxNi00NDY2NTU0NDAwMDAifQ.c2lnbmF0dXJl"
                     *     }
                     */
                    "application/json": components["schemas"]["AppSession"];
                };
            };
            /** @description Validation error, invalid input data. */
            400: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "statusCode": 400,
                     *       "message": [
                     *         "email must be an email",
                     *         "La contraseña debe tener al menos 8 caracteres",
                     *         "firstName must be longer than or equal to 2 characters"
                     *       ],
                     *       "error": "Bad Request"
                     *     }
                     */
                    "application/json": components["schemas"]["AppError"];
                };
            };
            /** @description The email address is already registered, or a request with this Idempotency-Key is still being processed. */
            409: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppError"];
                };
            };
            413: components["responses"]["AppTooLarge"];
            415: components["responses"]["AppUnsupportedMediaType"];
            422: components["responses"]["AppIdempotencyMismatch"];
            429: components["responses"]["AppRateLimited"];
            500: components["responses"]["AppInternal"];
            503: components["responses"]["AppOverloaded"];
        };
    };
    loginAppUser: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "john.doe@example.com",
                 *       "password": "SecurePass123!"
                 *     }
                 */
                "application/json": components["schemas"]["AppCredentials"];
            };
        };
        responses: {
            /** @description The user is logged in. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Set-Cookie": components["headers"]["SessionCookie"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "user": {
                     *         "id": "550e8400-e29b-41d4-a716-446655440000",
                     *         "email": "john.doe@example.com",
                     *         "firstName": "John",
                     *         "lastName": "Doe",
                     *         "currency": "USD",
                     *         "role": "USER",
                     *         "avatarUrl": "https://lh3.googleusercontent.com/a/default-user"
                     *       },
                     *       "token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI1NTBlODQwMC1lMjliLTQxZDQtYTcxNi00NDY2NTU0NDAwMDAifQ.c2lnbmF0dXJl"
                     *     }
                     */
                    "application/json": components["schemas"]["AppSession"];
                };
            };
            /** @description Validation error, invalid input data. */
            400: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "statusCode": 400,
                     *       "message": [
                     *         "email must be an email",
                     *         "password must be a string"
                     *       ],
                     *       "error": "Bad Request"
                     *     }
                     */
                    "application/json": components["schemas"]["AppError"];
                };
            };
            /** @description The address is unknown, the password is wrong, or the account has no password. */
            401: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "statusCode": 401,
                     *       "message": "Credenciales inválidas",
                     *       "error": "Unauthorized"
                     *     }
                     */
                    "application/json": components["schemas"]["AppError"];
                };
            };
            /** @description The password is right, but an operator has suspended the account, or the account was created at the API door and its address is not verified. In the latter case a new verification email is sent. */
            403: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppError"];
                };
            };
            413: components["responses"]["AppTooLarge"];
            415: components["responses"]["AppUnsupportedMediaType"];
            /** @description Too many failed attempts for this address, or too many requests from this client. */
            429: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppError"];
                };
            };
            500: components["responses"]["AppInternal"];
            503: components["responses"]["AppOverloaded"];
        };
    };
    getSessionUser: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The caller. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "This is your profile",
                     *       "user": {
                     *         "id": "550e8400-e29b-41d4-a716-446655440000",
                     *         "email": "john.doe@example.com",
                     *         "firstName": "John",
                     *         "lastName": "Doe"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["AppProfile"];
                };
            };
            401: components["responses"]["AppUnauthorized"];
            403: components["responses"]["AppKeyRefused"];
            429: components["responses"]["AppRateLimited"];
            500: components["responses"]["AppInternal"];
            503: components["responses"]["AppOverloaded"];
        };
    };
    startGoogleSignIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A redirect to Google, or to the login page if Google cannot be reached. */
            302: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    Location: components["headers"]["GoogleLocation"];
                    "Set-Cookie": components["headers"]["SignInCookie"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: components["responses"]["AppNoGoogle"];
            429: components["responses"]["AppRateLimited"];
            500: components["responses"]["AppInternal"];
            503: components["responses"]["AppOverloaded"];
        };
    };
    finishGoogleSignIn: {
        parameters: {
            query?: {
                /**
                 * @description The authorization code.
                 * @example 4/0AX4XfWjYZ8kq1xV
                 */
                code?: string;
                /**
                 * @description Ties the response to the browser that made the request.
                 * @example 0fKd9sXyTt0mE0o1c7mJ2v0n4Q8yVb3sX5hKpR6wLzU1aG7eYc2iNqD9tB4rMfJx
                 */
                state?: string;
                /**
                 * @description The reason why there is no code; `access_denied` if the user denied consent.
                 * @example access_denied
                 */
                error?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The user is logged in and redirected to the frontend, or to its login page with `error=auth_failed`. */
            302: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    Location: components["headers"]["FrontendLocation"];
                    "Set-Cookie": components["headers"]["SessionCookie"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A parameter is malformed, too long or repeated. */
            400: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "statusCode": 400,
                     *       "message": [
                     *         "state must be shorter than or equal to 4096 characters",
                     *         "state must be a string"
                     *       ],
                     *       "error": "Bad Request"
                     *     }
                     */
                    "application/json": components["schemas"]["AppError"];
                };
            };
            404: components["responses"]["AppNoGoogle"];
            429: components["responses"]["AppRateLimited"];
            500: components["responses"]["AppInternal"];
            503: components["responses"]["AppOverloaded"];
        };
    };
    getMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The caller's record. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "550e8400-e29b-41d4-a716-446655440000",
                     *       "email": "john.doe@example.com",
                     *       "firstName": "John",
                     *       "lastName": "Doe",
                     *       "avatarUrl": null,
                     *       "phone": null,
                     *       "authProvider": "LOCAL",
                     *       "currency": "USD",
                     *       "fiscalStartDay": 1,
                     *       "timezone": "America/Argentina/Buenos_Aires",
                     *       "language": "es",
                     *       "role": "USER",
                     *       "isActive": true,
                     *       "subscription": "FREE",
                     *       "emailVerified": null,
                     *       "createdAt": "2024-03-04T14:13:20.000Z",
                     *       "updatedAt": "2024-03-04T14:13:20.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Me"];
                };
            };
            401: components["responses"]["AppUnauthorized"];
            403: components["responses"]["AppKeyForbidden"];
            429: components["responses"]["AppRateLimited"];
            500: components["responses"]["AppInternal"];
            503: components["responses"]["AppOverloaded"];
        };
    };
    updateMe: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the call only if the resource still has one of these entity tags (RFC 9110 section 13.1.1): the `ETag` of an earlier response, several with commas, or `*` for any. Otherwise the response is 412, and nothing is changed. A weak tag (`W/"…"`) never matches. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "firstName": "Jane",
                 *       "fiscalStartDay": 15,
                 *       "timezone": "Europe/Madrid"
                 *     }
                 */
                "application/json": components["schemas"]["MeUpdate"];
            };
        };
        responses: {
            /** @description The updated record. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "550e8400-e29b-41d4-a716-446655440000",
                     *       "email": "john.doe@example.com",
                     *       "firstName": "Jane",
                     *       "lastName": "Doe",
                     *       "avatarUrl": null,
                     *       "phone": null,
                     *       "authProvider": "LOCAL",
                     *       "currency": "USD",
                     *       "fiscalStartDay": 15,
                     *       "timezone": "Europe/Madrid",
                     *       "language": "es",
                     *       "role": "USER",
                     *       "isActive": true,
                     *       "subscription": "FREE",
                     *       "emailVerified": null,
                     *       "createdAt": "2024-03-04T14:13:20.000Z",
                     *       "updatedAt": "2024-03-05T09:00:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description Validation error, invalid input data. */
            400: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "statusCode": 400,
                     *       "message": [
                     *         "property email should not exist",
                     *         "fiscalStartDay must not be greater than 28"
                     *       ],
                     *       "error": "Bad Request"
                     *     }
                     */
                    "application/json": components["schemas"]["AppError"];
                };
            };
            401: components["responses"]["AppUnauthorized"];
            403: components["responses"]["AppCrossOrigin"];
            412: components["responses"]["AppPreconditionFailed"];
            413: components["responses"]["AppTooLarge"];
            415: components["responses"]["AppUnsupportedMediaType"];
            429: components["responses"]["AppRateLimited"];
            500: components["responses"]["AppInternal"];
            503: components["responses"]["AppOverloaded"];
        };
    };
    exportMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The document, as a download. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Content-Disposition": components["headers"]["ContentDisposition"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "exportedAt": "2024-03-05T09:00:00.000Z",
                     *       "profile": {
                     *         "id": "550e8400-e29b-41d4-a716-446655440000",
                     *         "email": "john.doe@example.com",
                     *         "hasPassword": true,
                     *         "door": "app",
                     *         "firstName": "John",
                     *         "lastName": "Doe",
                     *         "avatarUrl": null,
                     *         "phone": null,
                     *         "authProvider": "LOCAL",
                     *         "currency": "USD",
                     *         "fiscalStartDay": 1,
                     *         "timezone": "America/Argentina/Buenos_Aires",
                     *         "language": "es",
                     *         "role": "USER",
                     *         "isActive": true,
                     *         "plan": "none",
                     *         "emailVerified": null,
                     *         "inviteCode": null,
                     *         "webhookUrl": "",
                     *         "notifyEmail": true,
                     *         "notifyBrowser": true,
                     *         "notifyLogin": true,
                     *         "notifyKeys": true,
                     *         "notifyLock": true,
                     *         "signUpAddress": "",
                     *         "signUpUserAgent": "",
                     *         "passwordReset": null,
                     *         "firstLogin": "2024-03-04T14:13:20.000Z",
                     *         "createdAt": "2024-03-04T14:13:20.000Z",
                     *         "updatedAt": "2024-03-04T14:13:20.000Z"
                     *       },
                     *       "accounts": [],
                     *       "categories": [],
                     *       "transactions": [],
                     *       "budgets": [],
                     *       "sessions": [],
                     *       "apiKeys": [],
                     *       "tokens": null,
                     *       "tokenTransactions": [],
                     *       "usage": [],
                     *       "auditEvents": [],
                     *       "mails": []
                     *     }
                     */
                    "application/json": components["schemas"]["Export"];
                };
            };
            401: components["responses"]["AppUnauthorized"];
            403: components["responses"]["AppKeyRefused"];
            429: components["responses"]["AppRateLimited"];
            500: components["responses"]["AppInternal"];
            503: components["responses"]["AppOverloaded"];
        };
    };
    deleteMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "password": "SecurePass123!"
                 *     }
                 */
                "application/json": components["schemas"]["Deletion"];
            };
        };
        responses: {
            /** @description The account is deleted. All sessions have ended and all API keys are revoked. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Set-Cookie": components["headers"]["SessionCookie"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Tu cuenta ha sido eliminada."
                     *     }
                     */
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description The account has no password. An email with a deletion link is sent; only one such link is valid at a time. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Te enviamos un correo para confirmar la eliminación de tu cuenta."
                     *     }
                     */
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description The account has a password but the request does not, or the body is invalid. */
            400: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "statusCode": 400,
                     *       "message": [
                     *         "password must be a string"
                     *       ],
                     *       "error": "Bad Request"
                     *     }
                     */
                    "application/json": components["schemas"]["AppError"];
                };
            };
            /** @description There is no session, or the password is wrong. */
            401: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "WWW-Authenticate": components["headers"]["Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppError"];
                };
            };
            403: components["responses"]["AppCrossOrigin"];
            413: components["responses"]["AppTooLarge"];
            415: components["responses"]["AppUnsupportedMediaType"];
            /** @description Too many wrong passwords in a row, too many emails to the mailbox, or too many requests. */
            429: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppError"];
                };
            };
            500: components["responses"]["AppInternal"];
            503: components["responses"]["AppOverloaded"];
        };
    };
    confirmDeletion: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "token": "0fKd9sXyTt0mE0o1c7mJ2v0n4Q8yVb3sX5hKpR6wLzU1aG7eYc2iNqD9tB4rMfJx"
                 *     }
                 */
                "application/json": components["schemas"]["OneTimeToken"];
            };
        };
        responses: {
            /** @description The account is deleted. All sessions have ended and all API keys are revoked. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Tu cuenta ha sido eliminada."
                     *     }
                     */
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description The token is unknown, used, expired or for another purpose, or the body is invalid. */
            400: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppError"];
                };
            };
            413: components["responses"]["AppTooLarge"];
            415: components["responses"]["AppUnsupportedMediaType"];
            429: components["responses"]["AppRateLimited"];
            500: components["responses"]["AppInternal"];
            503: components["responses"]["AppOverloaded"];
        };
    };
    adminListUsers: {
        parameters: {
            query?: {
                /**
                 * @description The page number, from 1.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Users per page.
                 * @example 20
                 */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The users of this page. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Total-Count": components["headers"]["TotalCount"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": "550e8400-e29b-41d4-a716-446655440000",
                     *         "email": "john.doe@example.com",
                     *         "firstName": "John",
                     *         "lastName": "Doe",
                     *         "avatarUrl": null,
                     *         "phone": null,
                     *         "authProvider": "LOCAL",
                     *         "currency": "USD",
                     *         "fiscalStartDay": 1,
                     *         "timezone": "America/Argentina/Buenos_Aires",
                     *         "language": "es",
                     *         "role": "USER",
                     *         "isActive": true,
                     *         "subscription": "FREE",
                     *         "emailVerified": null,
                     *         "createdAt": "2024-03-04T14:13:20.000Z",
                     *         "updatedAt": "2024-03-04T14:13:20.000Z"
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["Me"][];
                };
            };
            /** @description A parameter is invalid. */
            400: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "statusCode": 400,
                     *       "message": [
                     *         "limit must not be greater than 100"
                     *       ],
                     *       "error": "Bad Request"
                     *     }
                     */
                    "application/json": components["schemas"]["AppError"];
                };
            };
            401: components["responses"]["AppUnauthorized"];
            403: components["responses"]["AppAdminOnly"];
            429: components["responses"]["AppRateLimited"];
            500: components["responses"]["AppInternal"];
            503: components["responses"]["AppOverloaded"];
        };
    };
    adminDeleteUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The user's id.
                 * @example 550e8400-e29b-41d4-a716-446655440000
                 */
                id: components["parameters"]["UserID"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The user is deleted. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Usuario eliminado"
                     *     }
                     */
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description The id is not a UUID, or is the caller's own. */
            400: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppError"];
                };
            };
            401: components["responses"]["AppUnauthorized"];
            403: components["responses"]["AppAdminOnly"];
            404: components["responses"]["AppUserNotFound"];
            429: components["responses"]["AppRateLimited"];
            500: components["responses"]["AppInternal"];
            503: components["responses"]["AppOverloaded"];
        };
    };
    adminResetPassword: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The user's id.
                 * @example 550e8400-e29b-41d4-a716-446655440000
                 */
                id: components["parameters"]["UserID"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /** @example {} */
                "application/json": components["schemas"]["EmptyBody"];
            };
        };
        responses: {
            /** @description The email is sent now, or was sent before. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Se envió al usuario un correo para elegir una contraseña nueva."
                     *     }
                     */
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description The id is not a UUID, or the body is not empty. */
            400: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppError"];
                };
            };
            401: components["responses"]["AppUnauthorized"];
            403: components["responses"]["AppAdminOnly"];
            404: components["responses"]["AppUserNotFound"];
            413: components["responses"]["AppTooLarge"];
            415: components["responses"]["AppUnsupportedMediaType"];
            /** @description Too many requests, or too many emails to the mailbox of the user. */
            429: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppError"];
                };
            };
            500: components["responses"]["AppInternal"];
            503: components["responses"]["AppOverloaded"];
        };
    };
    listAccounts: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text that the client chooses, 1 to 255 visible ASCII characters. A retry with the same key within 24 hours has no second effect and no second charge: it gets the first response. Of a call by key that only reads, a response of more than 1,024 bytes is not stored: the retry reads again. Calls by session that only read are not stored. Of one caller, the newest 10,000 responses are kept, and the newest 16 MiB; of calls without a credential, 10,000 in all. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The accounts, by time of creation. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": "7d9f3f3a-52a3-4a4c-9d60-0c3c1a2f6d11",
                     *         "name": "Efectivo / Billetera",
                     *         "type": "WALLET",
                     *         "currency": "USD",
                     *         "balance": 0,
                     *         "color": "#10B981",
                     *         "icon": "wallet",
                     *         "targetAmount": null,
                     *         "targetDate": null,
                     *         "isDefault": true,
                     *         "userId": "550e8400-e29b-41d4-a716-446655440000",
                     *         "createdAt": "2024-03-04T14:13:20.000Z",
                     *         "updatedAt": "2024-03-04T14:13:20.000Z",
                     *         "progress": 0,
                     *         "allowNegative": false
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["Account"][];
                };
            };
            400: components["responses"]["AppInvalidIdempotencyKey"];
            401: components["responses"]["AppUnauthorized"];
            402: components["responses"]["AppInsufficientTokens"];
            403: components["responses"]["AppKeyForbidden"];
            409: components["responses"]["AppIdempotencyConflict"];
            422: components["responses"]["AppIdempotencyMismatch"];
            429: components["responses"]["AppRateLimited"];
            500: components["responses"]["AppInternal"];
            503: components["responses"]["AppOverloaded"];
        };
    };
    createAccount: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text that the client chooses, 1 to 255 visible ASCII characters. A retry with the same key within 24 hours has no second effect and no second charge: it gets the first response. Of a call by key that only reads, a response of more than 1,024 bytes is not stored: the retry reads again. Calls by session that only read are not stored. Of one caller, the newest 10,000 responses are kept, and the newest 16 MiB; of calls without a credential, 10,000 in all. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Vacaciones",
                 *       "type": "SAVINGS",
                 *       "currency": "ARS",
                 *       "color": "#4ECDC4",
                 *       "icon": "plane",
                 *       "targetAmount": 250000.5,
                 *       "targetDate": "2027-01-15"
                 *     }
                 */
                "application/json": components["schemas"]["NewAccount"];
            };
        };
        responses: {
            /** @description The new account. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "3b1f0d7c-9a46-4f0e-8b5e-64d2f3a0c911",
                     *       "name": "Vacaciones",
                     *       "type": "SAVINGS",
                     *       "currency": "ARS",
                     *       "balance": 0,
                     *       "color": "#4ECDC4",
                     *       "icon": "plane",
                     *       "targetAmount": 250000.5,
                     *       "targetDate": "2027-01-15T03:00:00.000Z",
                     *       "isDefault": false,
                     *       "userId": "550e8400-e29b-41d4-a716-446655440000",
                     *       "createdAt": "2024-03-04T14:13:20.000Z",
                     *       "updatedAt": "2024-03-04T14:13:20.000Z",
                     *       "progress": 0,
                     *       "allowNegative": false
                     *     }
                     */
                    "application/json": components["schemas"]["Account"];
                };
            };
            /** @description A value is invalid, a property is unknown, or the caller has 200 accounts. Nothing was created. */
            400: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppError"];
                };
            };
            401: components["responses"]["AppUnauthorized"];
            402: components["responses"]["AppInsufficientTokens"];
            403: components["responses"]["AppForbidden"];
            409: components["responses"]["AppIdempotencyConflict"];
            413: components["responses"]["AppTooLarge"];
            415: components["responses"]["AppUnsupportedMediaType"];
            422: components["responses"]["AppIdempotencyMismatch"];
            429: components["responses"]["AppRateLimited"];
            500: components["responses"]["AppInternal"];
            503: components["responses"]["AppOverloaded"];
        };
    };
    getAccount: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text that the client chooses, 1 to 255 visible ASCII characters. A retry with the same key within 24 hours has no second effect and no second charge: it gets the first response. Of a call by key that only reads, a response of more than 1,024 bytes is not stored: the retry reads again. Calls by session that only read are not stored. Of one caller, the newest 10,000 responses are kept, and the newest 16 MiB; of calls without a credential, 10,000 in all. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /**
                 * @description The account's id. An id that is not a UUID belongs to no account.
                 * @example 3b1f0d7c-9a46-4f0e-8b5e-64d2f3a0c911
                 */
                id: components["parameters"]["AccountID"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "3b1f0d7c-9a46-4f0e-8b5e-64d2f3a0c911",
                     *       "name": "Vacaciones",
                     *       "type": "SAVINGS",
                     *       "currency": "ARS",
                     *       "balance": 0,
                     *       "color": "#4ECDC4",
                     *       "icon": "plane",
                     *       "targetAmount": 250000.5,
                     *       "targetDate": "2027-01-15T03:00:00.000Z",
                     *       "isDefault": false,
                     *       "userId": "550e8400-e29b-41d4-a716-446655440000",
                     *       "createdAt": "2024-03-04T14:13:20.000Z",
                     *       "updatedAt": "2024-03-04T14:13:20.000Z",
                     *       "progress": 0,
                     *       "allowNegative": false
                     *     }
                     */
                    "application/json": components["schemas"]["Account"];
                };
            };
            400: components["responses"]["AppInvalidIdempotencyKey"];
            401: components["responses"]["AppUnauthorized"];
            402: components["responses"]["AppInsufficientTokens"];
            403: components["responses"]["AppKeyForbidden"];
            404: components["responses"]["AppAccountNotFound"];
            409: components["responses"]["AppIdempotencyConflict"];
            422: components["responses"]["AppIdempotencyMismatch"];
            429: components["responses"]["AppRateLimited"];
            500: components["responses"]["AppInternal"];
            503: components["responses"]["AppOverloaded"];
        };
    };
    deleteAccount: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text that the client chooses, 1 to 255 visible ASCII characters. A retry with the same key within 24 hours has no second effect and no second charge: it gets the first response. Of a call by key that only reads, a response of more than 1,024 bytes is not stored: the retry reads again. Calls by session that only read are not stored. Of one caller, the newest 10,000 responses are kept, and the newest 16 MiB; of calls without a credential, 10,000 in all. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description Makes the call only if the resource still has one of these entity tags (RFC 9110 section 13.1.1): the `ETag` of an earlier response, several with commas, or `*` for any. Otherwise the response is 412, and nothing is changed. A weak tag (`W/"…"`) never matches. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /**
                 * @description The account's id. An id that is not a UUID belongs to no account.
                 * @example 3b1f0d7c-9a46-4f0e-8b5e-64d2f3a0c911
                 */
                id: components["parameters"]["AccountID"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The deleted account. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "3b1f0d7c-9a46-4f0e-8b5e-64d2f3a0c911",
                     *       "name": "Vacaciones",
                     *       "type": "SAVINGS",
                     *       "currency": "ARS",
                     *       "balance": 0,
                     *       "color": "#4ECDC4",
                     *       "icon": "plane",
                     *       "targetAmount": 250000.5,
                     *       "targetDate": "2027-01-15T03:00:00.000Z",
                     *       "isDefault": false,
                     *       "userId": "550e8400-e29b-41d4-a716-446655440000",
                     *       "createdAt": "2024-03-04T14:13:20.000Z",
                     *       "updatedAt": "2024-03-04T14:13:20.000Z",
                     *       "progress": 0,
                     *       "allowNegative": false
                     *     }
                     */
                    "application/json": components["schemas"]["Account"];
                };
            };
            /** @description The account is the default account. */
            400: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppError"];
                };
            };
            401: components["responses"]["AppUnauthorized"];
            402: components["responses"]["AppInsufficientTokens"];
            403: components["responses"]["AppForbidden"];
            404: components["responses"]["AppAccountNotFound"];
            409: components["responses"]["AppIdempotencyConflict"];
            412: components["responses"]["AppPreconditionFailed"];
            422: components["responses"]["AppIdempotencyMismatch"];
            429: components["responses"]["AppRateLimited"];
            500: components["responses"]["AppInternal"];
            503: components["responses"]["AppOverloaded"];
        };
    };
    updateAccount: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text that the client chooses, 1 to 255 visible ASCII characters. A retry with the same key within 24 hours has no second effect and no second charge: it gets the first response. Of a call by key that only reads, a response of more than 1,024 bytes is not stored: the retry reads again. Calls by session that only read are not stored. Of one caller, the newest 10,000 responses are kept, and the newest 16 MiB; of calls without a credential, 10,000 in all. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description Makes the call only if the resource still has one of these entity tags (RFC 9110 section 13.1.1): the `ETag` of an earlier response, several with commas, or `*` for any. Otherwise the response is 412, and nothing is changed. A weak tag (`W/"…"`) never matches. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /**
                 * @description The account's id. An id that is not a UUID belongs to no account.
                 * @example 3b1f0d7c-9a46-4f0e-8b5e-64d2f3a0c911
                 */
                id: components["parameters"]["AccountID"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Vacaciones 2027",
                 *       "targetAmount": 300000,
                 *       "targetDate": "2027-02-01T00:00:00.000Z"
                 *     }
                 */
                "application/json": components["schemas"]["AccountUpdate"];
            };
        };
        responses: {
            /** @description The changed account. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "3b1f0d7c-9a46-4f0e-8b5e-64d2f3a0c911",
                     *       "name": "Vacaciones 2027",
                     *       "type": "SAVINGS",
                     *       "currency": "ARS",
                     *       "balance": 0,
                     *       "color": "#4ECDC4",
                     *       "icon": "plane",
                     *       "targetAmount": 300000,
                     *       "targetDate": "2027-02-01T00:00:00.000Z",
                     *       "isDefault": false,
                     *       "userId": "550e8400-e29b-41d4-a716-446655440000",
                     *       "createdAt": "2024-03-04T14:13:20.000Z",
                     *       "updatedAt": "2024-03-05T09:00:00.000Z",
                     *       "progress": 0,
                     *       "allowNegative": false
                     *     }
                     */
                    "application/json": components["schemas"]["Account"];
                };
            };
            /** @description A value is invalid, the account has transactions and the currency differs, or its balance is negative, which the new type does not allow. Nothing was changed. */
            400: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppError"];
                };
            };
            401: components["responses"]["AppUnauthorized"];
            402: components["responses"]["AppInsufficientTokens"];
            403: components["responses"]["AppForbidden"];
            404: components["responses"]["AppAccountNotFound"];
            409: components["responses"]["AppIdempotencyConflict"];
            412: components["responses"]["AppPreconditionFailed"];
            413: components["responses"]["AppTooLarge"];
            415: components["responses"]["AppUnsupportedMediaType"];
            422: components["responses"]["AppIdempotencyMismatch"];
            429: components["responses"]["AppRateLimited"];
            500: components["responses"]["AppInternal"];
            503: components["responses"]["AppOverloaded"];
        };
    };
    transferBetweenAccounts: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text that the client chooses, 1 to 255 visible ASCII characters. A retry with the same key within 24 hours has no second effect and no second charge: it gets the first response. Of a call by key that only reads, a response of more than 1,024 bytes is not stored: the retry reads again. Calls by session that only read are not stored. Of one caller, the newest 10,000 responses are kept, and the newest 16 MiB; of calls without a credential, 10,000 in all. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "fromAccountId": "7d9f3f3a-52a3-4a4c-9d60-0c3c1a2f6d11",
                 *       "toAccountId": "3b6a1c52-0f0d-4a27-9a53-6a1f7c1e2b77",
                 *       "amount": 150.25,
                 *       "description": "Ahorro de marzo"
                 *     }
                 */
                "application/json": components["schemas"]["Transfer"];
            };
        };
        responses: {
            /** @description Both accounts after the transfer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "fromAccount": {
                     *         "id": "7d9f3f3a-52a3-4a4c-9d60-0c3c1a2f6d11",
                     *         "name": "Efectivo / Billetera",
                     *         "type": "WALLET",
                     *         "currency": "USD",
                     *         "balance": 849.75,
                     *         "color": "#10B981",
                     *         "icon": "wallet",
                     *         "targetAmount": null,
                     *         "targetDate": null,
                     *         "isDefault": true,
                     *         "userId": "550e8400-e29b-41d4-a716-446655440000",
                     *         "createdAt": "2024-03-04T14:13:20.000Z",
                     *         "updatedAt": "2024-03-05T09:00:00.000Z",
                     *         "progress": 0,
                     *         "allowNegative": false
                     *       },
                     *       "toAccount": {
                     *         "id": "3b6a1c52-0f0d-4a27-9a53-6a1f7c1e2b77",
                     *         "name": "Vacaciones",
                     *         "type": "SAVINGS",
                     *         "currency": "USD",
                     *         "balance": 150.25,
                     *         "color": "#4ECDC4",
                     *         "icon": "piggy-bank",
                     *         "targetAmount": null,
                     *         "targetDate": null,
                     *         "isDefault": false,
                     *         "userId": "550e8400-e29b-41d4-a716-446655440000",
                     *         "createdAt": "2024-03-04T14:13:20.000Z",
                     *         "updatedAt": "2024-03-05T09:00:00.000Z",
                     *         "progress": 0,
                     *         "allowNegative": false
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["TransferredAccounts"];
                };
            };
            /** @description A value is invalid, or the transfer is not possible. Nothing was moved. */
            400: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppError"];
                };
            };
            401: components["responses"]["AppUnauthorized"];
            402: components["responses"]["AppInsufficientTokens"];
            403: components["responses"]["AppForbidden"];
            /** @description One of the accounts does not exist or does not belong to the caller. */
            404: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppError"];
                };
            };
            409: components["responses"]["AppIdempotencyConflict"];
            413: components["responses"]["AppTooLarge"];
            415: components["responses"]["AppUnsupportedMediaType"];
            422: components["responses"]["AppIdempotencyMismatch"];
            429: components["responses"]["AppRateLimited"];
            500: components["responses"]["AppInternal"];
            503: components["responses"]["AppOverloaded"];
        };
    };
    depositIntoAccount: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text that the client chooses, 1 to 255 visible ASCII characters. A retry with the same key within 24 hours has no second effect and no second charge: it gets the first response. Of a call by key that only reads, a response of more than 1,024 bytes is not stored: the retry reads again. Calls by session that only read are not stored. Of one caller, the newest 10,000 responses are kept, and the newest 16 MiB; of calls without a credential, 10,000 in all. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /**
                 * @description The account's id. An id that is not a UUID belongs to no account.
                 * @example 7d9f3f3a-52a3-4a4c-9d60-0c3c1a2f6d11
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "amount": 500.75,
                 *       "description": "Saldo inicial"
                 *     }
                 */
                "application/json": components["schemas"]["Deposit"];
            };
        };
        responses: {
            /** @description The account after the deposit. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "7d9f3f3a-52a3-4a4c-9d60-0c3c1a2f6d11",
                     *       "name": "Efectivo / Billetera",
                     *       "type": "WALLET",
                     *       "currency": "USD",
                     *       "balance": 500.75,
                     *       "color": "#10B981",
                     *       "icon": "wallet",
                     *       "targetAmount": null,
                     *       "targetDate": null,
                     *       "isDefault": true,
                     *       "userId": "550e8400-e29b-41d4-a716-446655440000",
                     *       "createdAt": "2024-03-04T14:13:20.000Z",
                     *       "updatedAt": "2024-03-05T09:00:00.000Z",
                     *       "progress": 0,
                     *       "allowNegative": false
                     *     }
                     */
                    "application/json": components["schemas"]["Account"];
                };
            };
            /** @description A value is invalid, or the caller has 1,000,000 transactions. Nothing was added. */
            400: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppError"];
                };
            };
            401: components["responses"]["AppUnauthorized"];
            402: components["responses"]["AppInsufficientTokens"];
            403: components["responses"]["AppForbidden"];
            404: components["responses"]["AppAccountNotFound"];
            409: components["responses"]["AppIdempotencyConflict"];
            413: components["responses"]["AppTooLarge"];
            415: components["responses"]["AppUnsupportedMediaType"];
            422: components["responses"]["AppIdempotencyMismatch"];
            429: components["responses"]["AppRateLimited"];
            500: components["responses"]["AppInternal"];
            503: components["responses"]["AppOverloaded"];
        };
    };
    findTransactions: {
        parameters: {
            query?: {
                /**
                 * @description The page number, from 1.
                 * @example 1
                 */
                page?: components["parameters"]["Page"];
                /**
                 * @description Transactions per page.
                 * @example 20
                 */
                limit?: number;
                /**
                 * @description Only transactions whose description or category name contains this text, ignoring case and accents. The tilde of ñ counts: it makes a letter of its own.
                 * @example factura
                 */
                search?: components["parameters"]["FilterSearch"];
                /**
                 * @description Only transactions of this type, ignoring case; `both` for all.
                 * @example EXPENSE
                 */
                type?: components["parameters"]["FilterType"];
                /**
                 * @description Only transactions of this account.
                 * @example 7d9f3f3a-52a3-4a4c-9d60-0c3c1a2f6d11
                 */
                accountId?: string;
                /**
                 * @description Only transactions of this category.
                 * @example 0b8f8e5e-3c0e-4c53-8d4a-b4f7ad7a1e90
                 */
                categoryId?: components["parameters"]["FilterCategory"];
                /**
                 * @description Only transactions in this currency.
                 * @example USD
                 */
                currency?: components["parameters"]["FilterCurrency"];
                /**
                 * @description Only transactions from this date on. A day starts at midnight in the user's time zone.
                 * @example 2024-03-01
                 */
                startDate?: components["parameters"]["FilterStart"];
                /**
                 * @description Only transactions up to this date. A date without a time includes the whole day.
                 * @example 2024-03-31
                 */
                endDate?: components["parameters"]["FilterEnd"];
                /**
                 * @description Only transactions of this fiscal month of `year`, which must be sent, too.
                 * @example 3
                 */
                month?: components["parameters"]["FilterMonth"];
                /**
                 * @description Only transactions of this fiscal year, or of its `month` if that is sent.
                 * @example 2024
                 */
                year?: components["parameters"]["FilterYear"];
                /**
                 * @description Only transactions of this day in the user's time zone.
                 * @example 2024-03-05
                 */
                date?: components["parameters"]["FilterDate"];
                /**
                 * @description How a transfer between accounts is listed: `legs` as two transactions, `once` as one, which is the leaving one if both match the other filters. With `once`, both count as `TRANSFER` for the filter by type.
                 * @example once
                 */
                transfers?: "legs" | "once";
            };
            header?: {
                /** @description A text that the client chooses, 1 to 255 visible ASCII characters. A retry with the same key within 24 hours has no second effect and no second charge: it gets the first response. Of a call by key that only reads, a response of more than 1,024 bytes is not stored: the retry reads again. Calls by session that only read are not stored. Of one caller, the newest 10,000 responses are kept, and the newest 16 MiB; of calls without a credential, 10,000 in all. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page of transactions. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "data": [
                     *         {
                     *           "id": "9c3e5a70-7f6e-4d4b-9f0a-1f6f2d8b4c21",
                     *           "type": "EXPENSE",
                     *           "amount": 25.5,
                     *           "currency": "USD",
                     *           "description": "Factura de marzo",
                     *           "date": "2024-03-05T09:00:00.000Z",
                     *           "userId": "550e8400-e29b-41d4-a716-446655440000",
                     *           "accountId": "7d9f3f3a-52a3-4a4c-9d60-0c3c1a2f6d11",
                     *           "categoryId": "0b8f8e5e-3c0e-4c53-8d4a-b4f7ad7a1e90",
                     *           "account": {
                     *             "id": "7d9f3f3a-52a3-4a4c-9d60-0c3c1a2f6d11",
                     *             "name": "Efectivo / Billetera",
                     *             "type": "WALLET",
                     *             "balance": 974.5,
                     *             "currency": "USD",
                     *             "color": "#10B981",
                     *             "icon": "wallet"
                     *           },
                     *           "category": {
                     *             "id": "0b8f8e5e-3c0e-4c53-8d4a-b4f7ad7a1e90",
                     *             "name": "Agua",
                     *             "type": "EXPENSE",
                     *             "color": "#AA96DA",
                     *             "icon": "Droplet",
                     *             "isFixed": true
                     *           },
                     *           "createdAt": "2024-03-05T09:00:00.000Z",
                     *           "updatedAt": "2024-03-05T09:00:00.000Z",
                     *           "deletedAt": null
                     *         }
                     *       ],
                     *       "meta": {
                     *         "page": 1,
                     *         "limit": 20,
                     *         "total": 1,
                     *         "totalPages": 1,
                     *         "hasNextPage": false,
                     *         "hasPreviousPage": false
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["TransactionPage"];
                };
            };
            /** @description A parameter is invalid. */
            400: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppError"];
                };
            };
            401: components["responses"]["AppUnauthorized"];
            402: components["responses"]["AppInsufficientTokens"];
            403: components["responses"]["AppKeyForbidden"];
            409: components["responses"]["AppIdempotencyConflict"];
            422: components["responses"]["AppIdempotencyMismatch"];
            429: components["responses"]["AppRateLimited"];
            500: components["responses"]["AppInternal"];
            503: components["responses"]["AppOverloaded"];
        };
    };
    createTransaction: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text that the client chooses, 1 to 255 visible ASCII characters. A retry with the same key within 24 hours has no second effect and no second charge: it gets the first response. Of a call by key that only reads, a response of more than 1,024 bytes is not stored: the retry reads again. Calls by session that only read are not stored. Of one caller, the newest 10,000 responses are kept, and the newest 16 MiB; of calls without a credential, 10,000 in all. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "type": "EXPENSE",
                 *       "amount": 25.5,
                 *       "accountId": "7d9f3f3a-52a3-4a4c-9d60-0c3c1a2f6d11",
                 *       "description": "Factura de marzo",
                 *       "date": "2024-03-05T09:00:00.000Z",
                 *       "categoryId": "0b8f8e5e-3c0e-4c53-8d4a-b4f7ad7a1e90"
                 *     }
                 */
                "application/json": components["schemas"]["NewTransaction"];
            };
        };
        responses: {
            /** @description The transaction, with its account after the change. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "9c3e5a70-7f6e-4d4b-9f0a-1f6f2d8b4c21",
                     *       "type": "EXPENSE",
                     *       "amount": 25.5,
                     *       "currency": "USD",
                     *       "description": "Factura de marzo",
                     *       "date": "2024-03-05T09:00:00.000Z",
                     *       "userId": "550e8400-e29b-41d4-a716-446655440000",
                     *       "accountId": "7d9f3f3a-52a3-4a4c-9d60-0c3c1a2f6d11",
                     *       "categoryId": "0b8f8e5e-3c0e-4c53-8d4a-b4f7ad7a1e90",
                     *       "account": {
                     *         "id": "7d9f3f3a-52a3-4a4c-9d60-0c3c1a2f6d11",
                     *         "name": "Efectivo / Billetera",
                     *         "type": "WALLET",
                     *         "balance": 974.5,
                     *         "currency": "USD",
                     *         "color": "#10B981",
                     *         "icon": "wallet"
                     *       },
                     *       "category": {
                     *         "id": "0b8f8e5e-3c0e-4c53-8d4a-b4f7ad7a1e90",
                     *         "name": "Agua",
                     *         "type": "EXPENSE",
                     *         "color": "#AA96DA",
                     *         "icon": "Droplet",
                     *         "isFixed": true
                     *       },
                     *       "createdAt": "2024-03-05T09:00:00.000Z",
                     *       "updatedAt": "2024-03-05T09:00:00.000Z",
                     *       "deletedAt": null
                     *     }
                     */
                    "application/json": components["schemas"]["Transaction"];
                };
            };
            /** @description A value is invalid, the transaction is not possible, or the caller has 1,000,000 transactions. Nothing was recorded. */
            400: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppError"];
                };
            };
            401: components["responses"]["AppUnauthorized"];
            402: components["responses"]["AppInsufficientTokens"];
            403: components["responses"]["AppForbidden"];
            /** @description The caller has no such account or category. */
            404: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppError"];
                };
            };
            409: components["responses"]["AppIdempotencyConflict"];
            413: components["responses"]["AppTooLarge"];
            415: components["responses"]["AppUnsupportedMediaType"];
            422: components["responses"]["AppIdempotencyMismatch"];
            429: components["responses"]["AppRateLimited"];
            500: components["responses"]["AppInternal"];
            503: components["responses"]["AppOverloaded"];
        };
    };
    getNetWorth: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text that the client chooses, 1 to 255 visible ASCII characters. A retry with the same key within 24 hours has no second effect and no second charge: it gets the first response. Of a call by key that only reads, a response of more than 1,024 bytes is not stored: the retry reads again. Calls by session that only read are not stored. Of one caller, the newest 10,000 responses are kept, and the newest 16 MiB; of calls without a credential, 10,000 in all. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The totals of the accounts' balances. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "netWorth": {
                     *         "ARS": 125000.5,
                     *         "USD": 5430.25
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["NetWorth"];
                };
            };
            400: components["responses"]["AppInvalidIdempotencyKey"];
            401: components["responses"]["AppUnauthorized"];
            402: components["responses"]["AppInsufficientTokens"];
            403: components["responses"]["AppKeyForbidden"];
            409: components["responses"]["AppIdempotencyConflict"];
            422: components["responses"]["AppIdempotencyMismatch"];
            429: components["responses"]["AppRateLimited"];
            500: components["responses"]["AppInternal"];
            503: components["responses"]["AppOverloaded"];
        };
    };
    getTransaction: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text that the client chooses, 1 to 255 visible ASCII characters. A retry with the same key within 24 hours has no second effect and no second charge: it gets the first response. Of a call by key that only reads, a response of more than 1,024 bytes is not stored: the retry reads again. Calls by session that only read are not stored. Of one caller, the newest 10,000 responses are kept, and the newest 16 MiB; of calls without a credential, 10,000 in all. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /**
                 * @description The transaction's id.
                 * @example 9c3e5a70-7f6e-4d4b-9f0a-1f6f2d8b4c21
                 */
                id: components["parameters"]["TransactionID"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The transaction. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "9c3e5a70-7f6e-4d4b-9f0a-1f6f2d8b4c21",
                     *       "type": "EXPENSE",
                     *       "amount": 25.5,
                     *       "currency": "USD",
                     *       "description": "Factura de marzo",
                     *       "date": "2024-03-05T09:00:00.000Z",
                     *       "userId": "550e8400-e29b-41d4-a716-446655440000",
                     *       "accountId": "7d9f3f3a-52a3-4a4c-9d60-0c3c1a2f6d11",
                     *       "categoryId": "0b8f8e5e-3c0e-4c53-8d4a-b4f7ad7a1e90",
                     *       "account": {
                     *         "id": "7d9f3f3a-52a3-4a4c-9d60-0c3c1a2f6d11",
                     *         "name": "Efectivo / Billetera",
                     *         "type": "WALLET",
                     *         "balance": 974.5,
                     *         "currency": "USD",
                     *         "color": "#10B981",
                     *         "icon": "wallet"
                     *       },
                     *       "category": {
                     *         "id": "0b8f8e5e-3c0e-4c53-8d4a-b4f7ad7a1e90",
                     *         "name": "Agua",
                     *         "type": "EXPENSE",
                     *         "color": "#AA96DA",
                     *         "icon": "Droplet",
                     *         "isFixed": true
                     *       },
                     *       "createdAt": "2024-03-05T09:00:00.000Z",
                     *       "updatedAt": "2024-03-05T09:00:00.000Z",
                     *       "deletedAt": null
                     *     }
                     */
                    "application/json": components["schemas"]["Transaction"];
                };
            };
            400: components["responses"]["AppInvalidID"];
            401: components["responses"]["AppUnauthorized"];
            402: components["responses"]["AppInsufficientTokens"];
            403: components["responses"]["AppKeyForbidden"];
            404: components["responses"]["AppTransactionNotFound"];
            409: components["responses"]["AppIdempotencyConflict"];
            422: components["responses"]["AppIdempotencyMismatch"];
            429: components["responses"]["AppRateLimited"];
            500: components["responses"]["AppInternal"];
            503: components["responses"]["AppOverloaded"];
        };
    };
    deleteTransaction: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text that the client chooses, 1 to 255 visible ASCII characters. A retry with the same key within 24 hours has no second effect and no second charge: it gets the first response. Of a call by key that only reads, a response of more than 1,024 bytes is not stored: the retry reads again. Calls by session that only read are not stored. Of one caller, the newest 10,000 responses are kept, and the newest 16 MiB; of calls without a credential, 10,000 in all. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description Makes the call only if the resource still has one of these entity tags (RFC 9110 section 13.1.1): the `ETag` of an earlier response, several with commas, or `*` for any. Otherwise the response is 412, and nothing is changed. A weak tag (`W/"…"`) never matches. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /**
                 * @description The transaction's id.
                 * @example 9c3e5a70-7f6e-4d4b-9f0a-1f6f2d8b4c21
                 */
                id: components["parameters"]["TransactionID"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The transaction is deleted. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Transacción eliminada y saldo restaurado."
                     *     }
                     */
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description The id is not a UUID, or the transaction cannot be deleted. Nothing was changed. */
            400: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppError"];
                };
            };
            401: components["responses"]["AppUnauthorized"];
            402: components["responses"]["AppInsufficientTokens"];
            403: components["responses"]["AppForbidden"];
            404: components["responses"]["AppTransactionNotFound"];
            409: components["responses"]["AppIdempotencyConflict"];
            412: components["responses"]["AppPreconditionFailed"];
            422: components["responses"]["AppIdempotencyMismatch"];
            429: components["responses"]["AppRateLimited"];
            500: components["responses"]["AppInternal"];
            503: components["responses"]["AppOverloaded"];
        };
    };
    updateTransaction: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text that the client chooses, 1 to 255 visible ASCII characters. A retry with the same key within 24 hours has no second effect and no second charge: it gets the first response. Of a call by key that only reads, a response of more than 1,024 bytes is not stored: the retry reads again. Calls by session that only read are not stored. Of one caller, the newest 10,000 responses are kept, and the newest 16 MiB; of calls without a credential, 10,000 in all. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description Makes the call only if the resource still has one of these entity tags (RFC 9110 section 13.1.1): the `ETag` of an earlier response, several with commas, or `*` for any. Otherwise the response is 412, and nothing is changed. A weak tag (`W/"…"`) never matches. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /**
                 * @description The transaction's id.
                 * @example 9c3e5a70-7f6e-4d4b-9f0a-1f6f2d8b4c21
                 */
                id: components["parameters"]["TransactionID"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "amount": 30,
                 *       "description": "Factura de marzo y abril"
                 *     }
                 */
                "application/json": components["schemas"]["TransactionUpdate"];
            };
        };
        responses: {
            /** @description The changed transaction, with its account. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "9c3e5a70-7f6e-4d4b-9f0a-1f6f2d8b4c21",
                     *       "type": "EXPENSE",
                     *       "amount": 30,
                     *       "currency": "USD",
                     *       "description": "Factura de marzo y abril",
                     *       "date": "2024-03-05T09:00:00.000Z",
                     *       "userId": "550e8400-e29b-41d4-a716-446655440000",
                     *       "accountId": "7d9f3f3a-52a3-4a4c-9d60-0c3c1a2f6d11",
                     *       "categoryId": "0b8f8e5e-3c0e-4c53-8d4a-b4f7ad7a1e90",
                     *       "account": {
                     *         "id": "7d9f3f3a-52a3-4a4c-9d60-0c3c1a2f6d11",
                     *         "name": "Efectivo / Billetera",
                     *         "type": "WALLET",
                     *         "balance": 970,
                     *         "currency": "USD",
                     *         "color": "#10B981",
                     *         "icon": "wallet"
                     *       },
                     *       "category": {
                     *         "id": "0b8f8e5e-3c0e-4c53-8d4a-b4f7ad7a1e90",
                     *         "name": "Agua",
                     *         "type": "EXPENSE",
                     *         "color": "#AA96DA",
                     *         "icon": "Droplet",
                     *         "isFixed": true
                     *       },
                     *       "createdAt": "2024-03-05T09:00:00.000Z",
                     *       "updatedAt": "2024-03-06T10:00:00.000Z",
                     *       "deletedAt": null
                     *     }
                     */
                    "application/json": components["schemas"]["Transaction"];
                };
            };
            /** @description A value is invalid, or the change is not possible. Nothing was changed. */
            400: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppError"];
                };
            };
            401: components["responses"]["AppUnauthorized"];
            402: components["responses"]["AppInsufficientTokens"];
            403: components["responses"]["AppForbidden"];
            /** @description The caller has no such transaction, account or category. */
            404: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppError"];
                };
            };
            409: components["responses"]["AppIdempotencyConflict"];
            412: components["responses"]["AppPreconditionFailed"];
            413: components["responses"]["AppTooLarge"];
            415: components["responses"]["AppUnsupportedMediaType"];
            422: components["responses"]["AppIdempotencyMismatch"];
            429: components["responses"]["AppRateLimited"];
            500: components["responses"]["AppInternal"];
            503: components["responses"]["AppOverloaded"];
        };
    };
    listCategories: {
        parameters: {
            query?: {
                /**
                 * @description Only categories of this type, ignoring case, with one exception for older clients: `BOTH` means categories of type `BOTH`, `both` means categories of all types.
                 * @example EXPENSE
                 */
                type?: "INCOME" | "EXPENSE" | "BOTH" | "income" | "expense" | "both";
                /**
                 * @description The page number, from 1.
                 * @example 1
                 */
                page?: components["parameters"]["Page"];
                /**
                 * @description Categories per page.
                 * @example 20
                 */
                limit?: number;
            };
            header?: {
                /** @description A text that the client chooses, 1 to 255 visible ASCII characters. A retry with the same key within 24 hours has no second effect and no second charge: it gets the first response. Of a call by key that only reads, a response of more than 1,024 bytes is not stored: the retry reads again. Calls by session that only read are not stored. Of one caller, the newest 10,000 responses are kept, and the newest 16 MiB; of calls without a credential, 10,000 in all. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page of categories. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "data": [
                     *         {
                     *           "id": "0b8f8e5e-3c0e-4c53-8d4a-b4f7ad7a1e90",
                     *           "userId": "550e8400-e29b-41d4-a716-446655440000",
                     *           "name": "Agua",
                     *           "type": "EXPENSE",
                     *           "isFixed": true,
                     *           "color": "#AA96DA",
                     *           "icon": "Droplet",
                     *           "parentId": "5a4d0a54-9a53-4a39-8a1b-8b7b0d1c3f02",
                     *           "createdAt": "2024-03-04T14:13:20.000Z",
                     *           "updatedAt": "2024-03-04T14:13:20.000Z",
                     *           "deletedAt": null
                     *         }
                     *       ],
                     *       "meta": {
                     *         "page": 1,
                     *         "limit": 1,
                     *         "total": 24,
                     *         "totalPages": 24,
                     *         "hasNextPage": true,
                     *         "hasPreviousPage": false
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["CategoryPage"];
                };
            };
            /** @description A parameter is invalid. */
            400: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "statusCode": 400,
                     *       "message": [
                     *         "page must not be less than 1",
                     *         "page must be an integer number"
                     *       ],
                     *       "error": "Bad Request"
                     *     }
                     */
                    "application/json": components["schemas"]["AppError"];
                };
            };
            401: components["responses"]["AppUnauthorized"];
            402: components["responses"]["AppInsufficientTokens"];
            403: components["responses"]["AppKeyForbidden"];
            409: components["responses"]["AppIdempotencyConflict"];
            422: components["responses"]["AppIdempotencyMismatch"];
            429: components["responses"]["AppRateLimited"];
            500: components["responses"]["AppInternal"];
            503: components["responses"]["AppOverloaded"];
        };
    };
    createCategory: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text that the client chooses, 1 to 255 visible ASCII characters. A retry with the same key within 24 hours has no second effect and no second charge: it gets the first response. Of a call by key that only reads, a response of more than 1,024 bytes is not stored: the retry reads again. Calls by session that only read are not stored. Of one caller, the newest 10,000 responses are kept, and the newest 16 MiB; of calls without a credential, 10,000 in all. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Veterinario",
                 *       "type": "EXPENSE",
                 *       "isFixed": false,
                 *       "color": "#95E1D3",
                 *       "icon": "PawPrint"
                 *     }
                 */
                "application/json": components["schemas"]["NewCategory"];
            };
        };
        responses: {
            /** @description The new category. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0b8f8e5e-3c0e-4c53-8d4a-b4f7ad7a1e90",
                     *       "userId": "550e8400-e29b-41d4-a716-446655440000",
                     *       "name": "Veterinario",
                     *       "type": "EXPENSE",
                     *       "isFixed": false,
                     *       "color": "#95E1D3",
                     *       "icon": "PawPrint",
                     *       "parentId": null,
                     *       "createdAt": "2024-03-04T14:13:20.000Z",
                     *       "updatedAt": "2024-03-04T14:13:20.000Z",
                     *       "deletedAt": null
                     *     }
                     */
                    "application/json": components["schemas"]["Category"];
                };
            };
            /** @description A value is invalid, the category would be on a third level, the type differs from the parent's, or the caller has 1,000 categories. Nothing was created. */
            400: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppError"];
                };
            };
            401: components["responses"]["AppUnauthorized"];
            402: components["responses"]["AppInsufficientTokens"];
            403: components["responses"]["AppForbidden"];
            /** @description The caller has no such parent category. */
            404: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppError"];
                };
            };
            409: components["responses"]["AppCategoryConflict"];
            413: components["responses"]["AppTooLarge"];
            415: components["responses"]["AppUnsupportedMediaType"];
            422: components["responses"]["AppIdempotencyMismatch"];
            429: components["responses"]["AppRateLimited"];
            500: components["responses"]["AppInternal"];
            503: components["responses"]["AppOverloaded"];
        };
    };
    exportWorkbook: {
        parameters: {
            query?: {
                /**
                 * @description Only this account of the caller. Empty or `null` means all accounts.
                 * @example null
                 */
                accountId?: components["parameters"]["ReportAccount"];
                /**
                 * @description Only transactions whose description or category name contains this text, ignoring case and accents. The tilde of ñ counts: it makes a letter of its own.
                 * @example factura
                 */
                search?: components["parameters"]["FilterSearch"];
                /**
                 * @description Only transactions of this type, ignoring case; `both` for all.
                 * @example EXPENSE
                 */
                type?: components["parameters"]["FilterType"];
                /**
                 * @description Only transactions of this category.
                 * @example 0b8f8e5e-3c0e-4c53-8d4a-b4f7ad7a1e90
                 */
                categoryId?: components["parameters"]["FilterCategory"];
                /**
                 * @description Only transactions in this currency.
                 * @example USD
                 */
                currency?: components["parameters"]["FilterCurrency"];
                /**
                 * @description Only transactions from this date on. A day starts at midnight in the user's time zone.
                 * @example 2024-03-01
                 */
                startDate?: components["parameters"]["FilterStart"];
                /**
                 * @description Only transactions up to this date. A date without a time includes the whole day.
                 * @example 2024-03-31
                 */
                endDate?: components["parameters"]["FilterEnd"];
                /**
                 * @description Only transactions of this fiscal month of `year`, which must be sent, too.
                 * @example 3
                 */
                month?: components["parameters"]["FilterMonth"];
                /**
                 * @description Only transactions of this fiscal year, or of its `month` if that is sent.
                 * @example 2024
                 */
                year?: components["parameters"]["FilterYear"];
                /**
                 * @description Only transactions of this day in the user's time zone.
                 * @example 2024-03-05
                 */
                date?: components["parameters"]["FilterDate"];
                /**
                 * @description How a transfer between accounts is listed: `legs` as two transactions, which is the default, `once` as one. It is the same as in the list of transactions.
                 * @example once
                 */
                transfers?: components["parameters"]["ReportTransfers"];
                /**
                 * @description `true` for all transactions, however many there are, instead of the latest 2,000. A workbook has room for 1,048,574.
                 * @example true
                 */
                all?: components["parameters"]["ReportAll"];
            };
            header?: {
                /** @description A text that the client chooses, 1 to 255 visible ASCII characters. A retry with the same key within 24 hours has no second effect and no second charge: it gets the first response. Of a call by key that only reads, a response of more than 1,024 bytes is not stored: the retry reads again. Calls by session that only read are not stored. Of one caller, the newest 10,000 responses are kept, and the newest 16 MiB; of calls without a credential, 10,000 in all. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The workbook. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    /**
                     * @description The file name.
                     * @example attachment; filename="movimientos.xlsx"
                     */
                    "Content-Disposition"?: string;
                    "X-Total-Count": components["headers"]["TotalCount"];
                    "X-Truncated": components["headers"]["Truncated"];
                    [name: string]: unknown;
                };
                content: {
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": string;
                };
            };
            400: components["responses"]["AppExportInvalid"];
            401: components["responses"]["AppUnauthorized"];
            402: components["responses"]["AppInsufficientTokens"];
            403: components["responses"]["AppKeyForbidden"];
            404: components["responses"]["AppAccountNotFound"];
            409: components["responses"]["AppIdempotencyConflict"];
            422: components["responses"]["AppIdempotencyMismatch"];
            429: components["responses"]["AppRateLimited"];
            500: components["responses"]["AppInternal"];
            503: components["responses"]["AppOverloaded"];
        };
    };
    exportCSV: {
        parameters: {
            query?: {
                /**
                 * @description Only this account of the caller. Empty or `null` means all accounts.
                 * @example null
                 */
                accountId?: components["parameters"]["ReportAccount"];
                /**
                 * @description Only transactions whose description or category name contains this text, ignoring case and accents. The tilde of ñ counts: it makes a letter of its own.
                 * @example factura
                 */
                search?: components["parameters"]["FilterSearch"];
                /**
                 * @description Only transactions of this type, ignoring case; `both` for all.
                 * @example EXPENSE
                 */
                type?: components["parameters"]["FilterType"];
                /**
                 * @description Only transactions of this category.
                 * @example 0b8f8e5e-3c0e-4c53-8d4a-b4f7ad7a1e90
                 */
                categoryId?: components["parameters"]["FilterCategory"];
                /**
                 * @description Only transactions in this currency.
                 * @example USD
                 */
                currency?: components["parameters"]["FilterCurrency"];
                /**
                 * @description Only transactions from this date on. A day starts at midnight in the user's time zone.
                 * @example 2024-03-01
                 */
                startDate?: components["parameters"]["FilterStart"];
                /**
                 * @description Only transactions up to this date. A date without a time includes the whole day.
                 * @example 2024-03-31
                 */
                endDate?: components["parameters"]["FilterEnd"];
                /**
                 * @description Only transactions of this fiscal month of `year`, which must be sent, too.
                 * @example 3
                 */
                month?: components["parameters"]["FilterMonth"];
                /**
                 * @description Only transactions of this fiscal year, or of its `month` if that is sent.
                 * @example 2024
                 */
                year?: components["parameters"]["FilterYear"];
                /**
                 * @description Only transactions of this day in the user's time zone.
                 * @example 2024-03-05
                 */
                date?: components["parameters"]["FilterDate"];
                /**
                 * @description How a transfer between accounts is listed: `legs` as two transactions, which is the default, `once` as one. It is the same as in the list of transactions.
                 * @example once
                 */
                transfers?: components["parameters"]["ReportTransfers"];
                /**
                 * @description `true` for all transactions, however many there are, instead of the latest 2,000. A workbook has room for 1,048,574.
                 * @example true
                 */
                all?: components["parameters"]["ReportAll"];
            };
            header?: {
                /** @description A text that the client chooses, 1 to 255 visible ASCII characters. A retry with the same key within 24 hours has no second effect and no second charge: it gets the first response. Of a call by key that only reads, a response of more than 1,024 bytes is not stored: the retry reads again. Calls by session that only read are not stored. Of one caller, the newest 10,000 responses are kept, and the newest 16 MiB; of calls without a credential, 10,000 in all. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The CSV file. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    /**
                     * @description The file name.
                     * @example attachment; filename="movimientos.csv"
                     */
                    "Content-Disposition"?: string;
                    "X-Total-Count": components["headers"]["TotalCount"];
                    "X-Truncated": components["headers"]["Truncated"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example Fecha,Tipo,Categoría,Cuenta,Descripción,Monto,Moneda
                     *     2026-03-04,EXPENSE,Supermercado,Efectivo / Billetera,Compra semanal,1500.50,ARS
                     */
                    "text/csv": string;
                };
            };
            400: components["responses"]["AppExportInvalid"];
            401: components["responses"]["AppUnauthorized"];
            402: components["responses"]["AppInsufficientTokens"];
            403: components["responses"]["AppKeyForbidden"];
            404: components["responses"]["AppAccountNotFound"];
            409: components["responses"]["AppIdempotencyConflict"];
            422: components["responses"]["AppIdempotencyMismatch"];
            429: components["responses"]["AppRateLimited"];
            500: components["responses"]["AppInternal"];
            503: components["responses"]["AppOverloaded"];
        };
    };
    exportTablePDF: {
        parameters: {
            query?: {
                /**
                 * @description Only this account of the caller. Empty or `null` means all accounts.
                 * @example null
                 */
                accountId?: components["parameters"]["ReportAccount"];
                /**
                 * @description Only transactions whose description or category name contains this text, ignoring case and accents. The tilde of ñ counts: it makes a letter of its own.
                 * @example factura
                 */
                search?: components["parameters"]["FilterSearch"];
                /**
                 * @description Only transactions of this type, ignoring case; `both` for all.
                 * @example EXPENSE
                 */
                type?: components["parameters"]["FilterType"];
                /**
                 * @description Only transactions of this category.
                 * @example 0b8f8e5e-3c0e-4c53-8d4a-b4f7ad7a1e90
                 */
                categoryId?: components["parameters"]["FilterCategory"];
                /**
                 * @description Only transactions in this currency.
                 * @example USD
                 */
                currency?: components["parameters"]["FilterCurrency"];
                /**
                 * @description Only transactions from this date on. A day starts at midnight in the user's time zone.
                 * @example 2024-03-01
                 */
                startDate?: components["parameters"]["FilterStart"];
                /**
                 * @description Only transactions up to this date. A date without a time includes the whole day.
                 * @example 2024-03-31
                 */
                endDate?: components["parameters"]["FilterEnd"];
                /**
                 * @description Only transactions of this fiscal month of `year`, which must be sent, too.
                 * @example 3
                 */
                month?: components["parameters"]["FilterMonth"];
                /**
                 * @description Only transactions of this fiscal year, or of its `month` if that is sent.
                 * @example 2024
                 */
                year?: components["parameters"]["FilterYear"];
                /**
                 * @description Only transactions of this day in the user's time zone.
                 * @example 2024-03-05
                 */
                date?: components["parameters"]["FilterDate"];
                /**
                 * @description How a transfer between accounts is listed: `legs` as two transactions, which is the default, `once` as one. It is the same as in the list of transactions.
                 * @example once
                 */
                transfers?: components["parameters"]["ReportTransfers"];
            };
            header?: {
                /** @description A text that the client chooses, 1 to 255 visible ASCII characters. A retry with the same key within 24 hours has no second effect and no second charge: it gets the first response. Of a call by key that only reads, a response of more than 1,024 bytes is not stored: the retry reads again. Calls by session that only read are not stored. Of one caller, the newest 10,000 responses are kept, and the newest 16 MiB; of calls without a credential, 10,000 in all. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The PDF. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    /**
                     * @description The file name.
                     * @example attachment; filename="movimientos_tabla.pdf"
                     */
                    "Content-Disposition"?: string;
                    "X-Total-Count": components["headers"]["TotalCount"];
                    "X-Truncated": components["headers"]["Truncated"];
                    [name: string]: unknown;
                };
                content: {
                    "application/pdf": string;
                };
            };
            400: components["responses"]["AppExportInvalid"];
            401: components["responses"]["AppUnauthorized"];
            402: components["responses"]["AppInsufficientTokens"];
            403: components["responses"]["AppKeyForbidden"];
            404: components["responses"]["AppAccountNotFound"];
            409: components["responses"]["AppIdempotencyConflict"];
            422: components["responses"]["AppIdempotencyMismatch"];
            429: components["responses"]["AppRateLimited"];
            500: components["responses"]["AppInternal"];
            503: components["responses"]["AppOverloaded"];
        };
    };
    exportVisualPDF: {
        parameters: {
            query?: {
                /**
                 * @description Only this account of the caller. Empty or `null` means all accounts.
                 * @example null
                 */
                accountId?: components["parameters"]["ReportAccount"];
                /**
                 * @description Only transactions whose description or category name contains this text, ignoring case and accents. The tilde of ñ counts: it makes a letter of its own.
                 * @example factura
                 */
                search?: components["parameters"]["FilterSearch"];
                /**
                 * @description Only transactions of this type, ignoring case; `both` for all.
                 * @example EXPENSE
                 */
                type?: components["parameters"]["FilterType"];
                /**
                 * @description Only transactions of this category.
                 * @example 0b8f8e5e-3c0e-4c53-8d4a-b4f7ad7a1e90
                 */
                categoryId?: components["parameters"]["FilterCategory"];
                /**
                 * @description Only transactions in this currency.
                 * @example USD
                 */
                currency?: components["parameters"]["FilterCurrency"];
                /**
                 * @description Only transactions from this date on. A day starts at midnight in the user's time zone.
                 * @example 2024-03-01
                 */
                startDate?: components["parameters"]["FilterStart"];
                /**
                 * @description Only transactions up to this date. A date without a time includes the whole day.
                 * @example 2024-03-31
                 */
                endDate?: components["parameters"]["FilterEnd"];
                /**
                 * @description Only transactions of this fiscal month of `year`, which must be sent, too.
                 * @example 3
                 */
                month?: components["parameters"]["FilterMonth"];
                /**
                 * @description Only transactions of this fiscal year, or of its `month` if that is sent.
                 * @example 2024
                 */
                year?: components["parameters"]["FilterYear"];
                /**
                 * @description Only transactions of this day in the user's time zone.
                 * @example 2024-03-05
                 */
                date?: components["parameters"]["FilterDate"];
                /**
                 * @description How a transfer between accounts is listed: `legs` as two transactions, which is the default, `once` as one. It is the same as in the list of transactions.
                 * @example once
                 */
                transfers?: components["parameters"]["ReportTransfers"];
            };
            header?: {
                /** @description A text that the client chooses, 1 to 255 visible ASCII characters. A retry with the same key within 24 hours has no second effect and no second charge: it gets the first response. Of a call by key that only reads, a response of more than 1,024 bytes is not stored: the retry reads again. Calls by session that only read are not stored. Of one caller, the newest 10,000 responses are kept, and the newest 16 MiB; of calls without a credential, 10,000 in all. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The PDF. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    /**
                     * @description The file name.
                     * @example attachment; filename="reporte_visual.pdf"
                     */
                    "Content-Disposition"?: string;
                    "X-Total-Count": components["headers"]["TotalCount"];
                    "X-Truncated": components["headers"]["Truncated"];
                    [name: string]: unknown;
                };
                content: {
                    "application/pdf": string;
                };
            };
            400: components["responses"]["AppExportInvalid"];
            401: components["responses"]["AppUnauthorized"];
            402: components["responses"]["AppInsufficientTokens"];
            403: components["responses"]["AppKeyForbidden"];
            404: components["responses"]["AppAccountNotFound"];
            409: components["responses"]["AppIdempotencyConflict"];
            422: components["responses"]["AppIdempotencyMismatch"];
            429: components["responses"]["AppRateLimited"];
            500: components["responses"]["AppInternal"];
            503: components["responses"]["AppOverloaded"];
        };
    };
    listBudgets: {
        parameters: {
            query?: {
                /**
                 * @description The month in the caller's fiscal calendar; the current one by default.
                 * @example 3
                 */
                month?: components["parameters"]["FiscalMonth"];
                /**
                 * @description The year of the month; that of the current month by default.
                 * @example 2026
                 */
                year?: components["parameters"]["FiscalYear"];
            };
            header?: {
                /** @description A text that the client chooses, 1 to 255 visible ASCII characters. A retry with the same key within 24 hours has no second effect and no second charge: it gets the first response. Of a call by key that only reads, a response of more than 1,024 bytes is not stored: the retry reads again. Calls by session that only read are not stored. Of one caller, the newest 10,000 responses are kept, and the newest 16 MiB; of calls without a credential, 10,000 in all. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The tree of categories. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": "9b2f8f0e-0d1f-4d55-8a3d-3e9d3a1c7b11",
                     *         "categoryId": "5a4d0a54-9a53-4a39-8a1b-8b7b0d1c3f02",
                     *         "categoryName": "Alimentación",
                     *         "categoryColor": "#FF6B6B",
                     *         "categoryIcon": "Utensils",
                     *         "amount": 50000,
                     *         "spent": 42000.5,
                     *         "directSpent": 2000,
                     *         "remaining": 7999.5,
                     *         "percentage": 84,
                     *         "status": "WARNING",
                     *         "children": [
                     *           {
                     *             "id": null,
                     *             "categoryId": "0b8f8e5e-3c0e-4c53-8d4a-b4f7ad7a1e90",
                     *             "categoryName": "Supermercado",
                     *             "categoryColor": "#FF6B6B",
                     *             "categoryIcon": "ShoppingCart",
                     *             "amount": 0,
                     *             "spent": 40000.5,
                     *             "directSpent": 40000.5,
                     *             "remaining": 0,
                     *             "percentage": 0,
                     *             "status": "UNBUDGETED",
                     *             "children": []
                     *           }
                     *         ]
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["BudgetNode"][];
                };
            };
            /** @description A parameter is invalid. */
            400: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "statusCode": 400,
                     *       "message": [
                     *         "month must not be greater than 12"
                     *       ],
                     *       "error": "Bad Request"
                     *     }
                     */
                    "application/json": components["schemas"]["AppError"];
                };
            };
            401: components["responses"]["AppUnauthorized"];
            402: components["responses"]["AppInsufficientTokens"];
            403: components["responses"]["AppKeyForbidden"];
            409: components["responses"]["AppIdempotencyConflict"];
            422: components["responses"]["AppIdempotencyMismatch"];
            429: components["responses"]["AppRateLimited"];
            500: components["responses"]["AppInternal"];
            503: components["responses"]["AppOverloaded"];
        };
    };
    createBudget: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text that the client chooses, 1 to 255 visible ASCII characters. A retry with the same key within 24 hours has no second effect and no second charge: it gets the first response. Of a call by key that only reads, a response of more than 1,024 bytes is not stored: the retry reads again. Calls by session that only read are not stored. Of one caller, the newest 10,000 responses are kept, and the newest 16 MiB; of calls without a credential, 10,000 in all. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "amount": 50000,
                 *       "month": 3,
                 *       "year": 2026,
                 *       "categoryId": "5a4d0a54-9a53-4a39-8a1b-8b7b0d1c3f02"
                 *     }
                 */
                "application/json": components["schemas"]["NewBudget"];
            };
        };
        responses: {
            /** @description The budget. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "9b2f8f0e-0d1f-4d55-8a3d-3e9d3a1c7b11",
                     *       "amount": 50000,
                     *       "month": 3,
                     *       "year": 2026,
                     *       "categoryId": "5a4d0a54-9a53-4a39-8a1b-8b7b0d1c3f02",
                     *       "userId": "550e8400-e29b-41d4-a716-446655440000",
                     *       "createdAt": "2026-03-04T14:13:20.000Z",
                     *       "updatedAt": "2026-03-04T14:13:20.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Budget"];
                };
            };
            /** @description The input is invalid, the budget exceeds its parent's or is less than the total of its subcategories', or the caller has 10,000 budgets. Nothing was created. */
            400: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppError"];
                };
            };
            401: components["responses"]["AppUnauthorized"];
            402: components["responses"]["AppInsufficientTokens"];
            /** @description The key cannot be used, or the request was made by cookie from a page of another origin. */
            403: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppError"];
                };
            };
            /** @description The caller has no such category. */
            404: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppError"];
                };
            };
            409: components["responses"]["BudgetConflict"];
            413: components["responses"]["AppTooLarge"];
            415: components["responses"]["AppUnsupportedMediaType"];
            422: components["responses"]["AppIdempotencyMismatch"];
            429: components["responses"]["AppRateLimited"];
            500: components["responses"]["AppInternal"];
            503: components["responses"]["AppOverloaded"];
        };
    };
    getBudget: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text that the client chooses, 1 to 255 visible ASCII characters. A retry with the same key within 24 hours has no second effect and no second charge: it gets the first response. Of a call by key that only reads, a response of more than 1,024 bytes is not stored: the retry reads again. Calls by session that only read are not stored. Of one caller, the newest 10,000 responses are kept, and the newest 16 MiB; of calls without a credential, 10,000 in all. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /**
                 * @description The budget's id, from the budget tree.
                 * @example 9b2f8f0e-0d1f-4d55-8a3d-3e9d3a1c7b11
                 */
                id: components["parameters"]["BudgetID"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The budget. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "9b2f8f0e-0d1f-4d55-8a3d-3e9d3a1c7b11",
                     *       "amount": 60000,
                     *       "month": 3,
                     *       "year": 2026,
                     *       "categoryId": "5a4d0a54-9a53-4a39-8a1b-8b7b0d1c3f02",
                     *       "userId": "550e8400-e29b-41d4-a716-446655440000",
                     *       "createdAt": "2026-03-04T14:13:20.000Z",
                     *       "updatedAt": "2026-03-05T09:00:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Budget"];
                };
            };
            400: components["responses"]["BudgetRefused"];
            401: components["responses"]["AppUnauthorized"];
            402: components["responses"]["AppInsufficientTokens"];
            403: components["responses"]["BudgetForbidden"];
            /** @description The caller has no such category. */
            404: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppError"];
                };
            };
            409: components["responses"]["AppIdempotencyConflict"];
            422: components["responses"]["AppIdempotencyMismatch"];
            429: components["responses"]["AppRateLimited"];
            500: components["responses"]["AppInternal"];
            503: components["responses"]["AppOverloaded"];
        };
    };
    deleteBudget: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text that the client chooses, 1 to 255 visible ASCII characters. A retry with the same key within 24 hours has no second effect and no second charge: it gets the first response. Of a call by key that only reads, a response of more than 1,024 bytes is not stored: the retry reads again. Calls by session that only read are not stored. Of one caller, the newest 10,000 responses are kept, and the newest 16 MiB; of calls without a credential, 10,000 in all. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description Makes the call only if the resource still has one of these entity tags (RFC 9110 section 13.1.1): the `ETag` of an earlier response, several with commas, or `*` for any. Otherwise the response is 412, and nothing is changed. A weak tag (`W/"…"`) never matches. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /**
                 * @description The budget's id, from the budget tree.
                 * @example 9b2f8f0e-0d1f-4d55-8a3d-3e9d3a1c7b11
                 */
                id: components["parameters"]["BudgetID"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The deleted budget. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "9b2f8f0e-0d1f-4d55-8a3d-3e9d3a1c7b11",
                     *       "amount": 60000,
                     *       "month": 3,
                     *       "year": 2026,
                     *       "categoryId": "5a4d0a54-9a53-4a39-8a1b-8b7b0d1c3f02",
                     *       "userId": "550e8400-e29b-41d4-a716-446655440000",
                     *       "createdAt": "2026-03-04T14:13:20.000Z",
                     *       "updatedAt": "2026-03-05T09:00:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Budget"];
                };
            };
            /** @description The id is not a UUID, or the Idempotency-Key is invalid. */
            400: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "statusCode": 400,
                     *       "message": "Validation failed (uuid is expected)",
                     *       "error": "Bad Request"
                     *     }
                     */
                    "application/json": components["schemas"]["AppError"];
                };
            };
            401: components["responses"]["AppUnauthorized"];
            402: components["responses"]["AppInsufficientTokens"];
            403: components["responses"]["BudgetForbidden"];
            /** @description There is no such budget. */
            404: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppError"];
                };
            };
            409: components["responses"]["AppIdempotencyConflict"];
            412: components["responses"]["AppPreconditionFailed"];
            422: components["responses"]["AppIdempotencyMismatch"];
            429: components["responses"]["AppRateLimited"];
            500: components["responses"]["AppInternal"];
            503: components["responses"]["AppOverloaded"];
        };
    };
    updateBudget: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text that the client chooses, 1 to 255 visible ASCII characters. A retry with the same key within 24 hours has no second effect and no second charge: it gets the first response. Of a call by key that only reads, a response of more than 1,024 bytes is not stored: the retry reads again. Calls by session that only read are not stored. Of one caller, the newest 10,000 responses are kept, and the newest 16 MiB; of calls without a credential, 10,000 in all. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description Makes the call only if the resource still has one of these entity tags (RFC 9110 section 13.1.1): the `ETag` of an earlier response, several with commas, or `*` for any. Otherwise the response is 412, and nothing is changed. A weak tag (`W/"…"`) never matches. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /**
                 * @description The budget's id, from the budget tree.
                 * @example 9b2f8f0e-0d1f-4d55-8a3d-3e9d3a1c7b11
                 */
                id: components["parameters"]["BudgetID"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "amount": 60000
                 *     }
                 */
                "application/json": components["schemas"]["BudgetUpdate"];
            };
        };
        responses: {
            /** @description The changed budget. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "9b2f8f0e-0d1f-4d55-8a3d-3e9d3a1c7b11",
                     *       "amount": 60000,
                     *       "month": 3,
                     *       "year": 2026,
                     *       "categoryId": "5a4d0a54-9a53-4a39-8a1b-8b7b0d1c3f02",
                     *       "userId": "550e8400-e29b-41d4-a716-446655440000",
                     *       "createdAt": "2026-03-04T14:13:20.000Z",
                     *       "updatedAt": "2026-03-05T09:00:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Budget"];
                };
            };
            400: components["responses"]["BudgetRefused"];
            401: components["responses"]["AppUnauthorized"];
            402: components["responses"]["AppInsufficientTokens"];
            403: components["responses"]["BudgetForbidden"];
            /** @description There is no such budget, or the caller has no such category or has deleted it. */
            404: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppError"];
                };
            };
            409: components["responses"]["BudgetConflict"];
            412: components["responses"]["AppPreconditionFailed"];
            413: components["responses"]["AppTooLarge"];
            415: components["responses"]["AppUnsupportedMediaType"];
            422: components["responses"]["AppIdempotencyMismatch"];
            429: components["responses"]["AppRateLimited"];
            500: components["responses"]["AppInternal"];
            503: components["responses"]["AppOverloaded"];
        };
    };
    getDashboard: {
        parameters: {
            query?: {
                /**
                 * @description Only this account; empty or `null` means all accounts.
                 * @example 7d9f3f3a-52a3-4a4c-9d60-0c3c1a2f6d11
                 */
                accountId?: string;
                /**
                 * @description The month in the caller's fiscal calendar; the current one by default.
                 * @example 3
                 */
                month?: components["parameters"]["FiscalMonth"];
                /**
                 * @description The year of the month; that of the current month by default.
                 * @example 2026
                 */
                year?: components["parameters"]["FiscalYear"];
                /**
                 * @description What expenses without a category are called in `chartData`, to tell them from a category of the same name.
                 * @example Sin categoría
                 */
                uncategorized?: string;
            };
            header?: {
                /** @description A text that the client chooses, 1 to 255 visible ASCII characters. A retry with the same key within 24 hours has no second effect and no second charge: it gets the first response. Of a call by key that only reads, a response of more than 1,024 bytes is not stored: the retry reads again. Calls by session that only read are not stored. Of one caller, the newest 10,000 responses are kept, and the newest 16 MiB; of calls without a credential, 10,000 in all. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The figures of the month. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "summary": {
                     *         "income": 150000,
                     *         "expense": 42000.5,
                     *         "cashFlow": 107999.5,
                     *         "totalAvailable": 230500.75,
                     *         "byCurrency": {
                     *           "USD": {
                     *             "income": 200,
                     *             "expense": 0,
                     *             "cashFlow": 200,
                     *             "totalAvailable": 5430.25
                     *           }
                     *         }
                     *       },
                     *       "chartData": [
                     *         {
                     *           "categoryName": "Alimentación",
                     *           "total": 40000.5,
                     *           "color": "#FF6B6B"
                     *         },
                     *         {
                     *           "categoryName": "Otros",
                     *           "total": 2000,
                     *           "color": "#94a3b8"
                     *         }
                     *       ],
                     *       "expensesAnalysis": {
                     *         "fixed": 0,
                     *         "variable": 42000.5
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Dashboard"];
                };
            };
            /** @description A parameter is invalid. */
            400: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "statusCode": 400,
                     *       "message": [
                     *         "accountId must be a UUID",
                     *         "month must not be greater than 12"
                     *       ],
                     *       "error": "Bad Request"
                     *     }
                     */
                    "application/json": components["schemas"]["AppError"];
                };
            };
            401: components["responses"]["AppUnauthorized"];
            402: components["responses"]["AppInsufficientTokens"];
            403: components["responses"]["AppKeyForbidden"];
            404: components["responses"]["AppAccountNotFound"];
            409: components["responses"]["AppIdempotencyConflict"];
            422: components["responses"]["AppIdempotencyMismatch"];
            429: components["responses"]["AppRateLimited"];
            500: components["responses"]["AppInternal"];
            503: components["responses"]["AppOverloaded"];
        };
    };
    seedCategories: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text that the client chooses, 1 to 255 visible ASCII characters. A retry with the same key within 24 hours has no second effect and no second charge: it gets the first response. Of a call by key that only reads, a response of more than 1,024 bytes is not stored: the retry reads again. Calls by session that only read are not stored. Of one caller, the newest 10,000 responses are kept, and the newest 16 MiB; of calls without a credential, 10,000 in all. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The new categories, each parent before its children. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": "0b8f8e5e-3c0e-4c53-8d4a-b4f7ad7a1e90",
                     *         "userId": "550e8400-e29b-41d4-a716-446655440000",
                     *         "name": "Salud",
                     *         "type": "EXPENSE",
                     *         "isFixed": false,
                     *         "color": "#95E1D3",
                     *         "icon": "HeartPulse",
                     *         "parentId": null,
                     *         "createdAt": "2024-03-04T14:13:20.000Z",
                     *         "updatedAt": "2024-03-04T14:13:20.000Z",
                     *         "deletedAt": null
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["Category"][];
                };
            };
            /** @description The user already has categories, or 1,000 deleted ones that something refers to. */
            400: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppError"];
                };
            };
            401: components["responses"]["AppUnauthorized"];
            402: components["responses"]["AppInsufficientTokens"];
            403: components["responses"]["AppForbidden"];
            409: components["responses"]["AppIdempotencyConflict"];
            422: components["responses"]["AppIdempotencyMismatch"];
            429: components["responses"]["AppRateLimited"];
            500: components["responses"]["AppInternal"];
            503: components["responses"]["AppOverloaded"];
        };
    };
    getCategory: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text that the client chooses, 1 to 255 visible ASCII characters. A retry with the same key within 24 hours has no second effect and no second charge: it gets the first response. Of a call by key that only reads, a response of more than 1,024 bytes is not stored: the retry reads again. Calls by session that only read are not stored. Of one caller, the newest 10,000 responses are kept, and the newest 16 MiB; of calls without a credential, 10,000 in all. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /**
                 * @description The category's id.
                 * @example 0b8f8e5e-3c0e-4c53-8d4a-b4f7ad7a1e90
                 */
                id: components["parameters"]["CategoryID"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The category. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0b8f8e5e-3c0e-4c53-8d4a-b4f7ad7a1e90",
                     *       "userId": "550e8400-e29b-41d4-a716-446655440000",
                     *       "name": "Veterinario",
                     *       "type": "EXPENSE",
                     *       "isFixed": false,
                     *       "color": "#95E1D3",
                     *       "icon": "PawPrint",
                     *       "parentId": null,
                     *       "createdAt": "2024-03-04T14:13:20.000Z",
                     *       "updatedAt": "2024-03-04T14:13:20.000Z",
                     *       "deletedAt": null,
                     *       "children": [
                     *         {
                     *           "id": "5a4d0a54-9a53-4a39-8a1b-8b7b0d1c3f02",
                     *           "userId": "550e8400-e29b-41d4-a716-446655440000",
                     *           "name": "Vacunas",
                     *           "type": "EXPENSE",
                     *           "isFixed": false,
                     *           "color": "#95E1D3",
                     *           "icon": "Syringe",
                     *           "parentId": "0b8f8e5e-3c0e-4c53-8d4a-b4f7ad7a1e90",
                     *           "createdAt": "2024-03-04T14:13:20.000Z",
                     *           "updatedAt": "2024-03-04T14:13:20.000Z",
                     *           "deletedAt": null
                     *         }
                     *       ],
                     *       "parent": null
                     *     }
                     */
                    "application/json": components["schemas"]["CategoryDetail"];
                };
            };
            400: components["responses"]["AppInvalidID"];
            401: components["responses"]["AppUnauthorized"];
            402: components["responses"]["AppInsufficientTokens"];
            403: components["responses"]["AppKeyForbidden"];
            404: components["responses"]["AppCategoryNotFound"];
            409: components["responses"]["AppIdempotencyConflict"];
            422: components["responses"]["AppIdempotencyMismatch"];
            429: components["responses"]["AppRateLimited"];
            500: components["responses"]["AppInternal"];
            503: components["responses"]["AppOverloaded"];
        };
    };
    deleteCategory: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text that the client chooses, 1 to 255 visible ASCII characters. A retry with the same key within 24 hours has no second effect and no second charge: it gets the first response. Of a call by key that only reads, a response of more than 1,024 bytes is not stored: the retry reads again. Calls by session that only read are not stored. Of one caller, the newest 10,000 responses are kept, and the newest 16 MiB; of calls without a credential, 10,000 in all. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description Makes the call only if the resource still has one of these entity tags (RFC 9110 section 13.1.1): the `ETag` of an earlier response, several with commas, or `*` for any. Otherwise the response is 412, and nothing is changed. A weak tag (`W/"…"`) never matches. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /**
                 * @description The category's id.
                 * @example 0b8f8e5e-3c0e-4c53-8d4a-b4f7ad7a1e90
                 */
                id: components["parameters"]["CategoryID"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The category is deleted. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Category deleted successfully",
                     *       "childrenDeleted": 2
                     *     }
                     */
                    "application/json": components["schemas"]["DeletedCategory"];
                };
            };
            400: components["responses"]["AppInvalidID"];
            401: components["responses"]["AppUnauthorized"];
            402: components["responses"]["AppInsufficientTokens"];
            403: components["responses"]["AppForbidden"];
            404: components["responses"]["AppCategoryNotFound"];
            409: components["responses"]["AppIdempotencyConflict"];
            412: components["responses"]["AppPreconditionFailed"];
            422: components["responses"]["AppIdempotencyMismatch"];
            429: components["responses"]["AppRateLimited"];
            500: components["responses"]["AppInternal"];
            503: components["responses"]["AppOverloaded"];
        };
    };
    updateCategory: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text that the client chooses, 1 to 255 visible ASCII characters. A retry with the same key within 24 hours has no second effect and no second charge: it gets the first response. Of a call by key that only reads, a response of more than 1,024 bytes is not stored: the retry reads again. Calls by session that only read are not stored. Of one caller, the newest 10,000 responses are kept, and the newest 16 MiB; of calls without a credential, 10,000 in all. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /** @description Makes the call only if the resource still has one of these entity tags (RFC 9110 section 13.1.1): the `ETag` of an earlier response, several with commas, or `*` for any. Otherwise the response is 412, and nothing is changed. A weak tag (`W/"…"`) never matches. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path: {
                /**
                 * @description The category's id.
                 * @example 0b8f8e5e-3c0e-4c53-8d4a-b4f7ad7a1e90
                 */
                id: components["parameters"]["CategoryID"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Mascotas",
                 *       "color": "#A8D8EA"
                 *     }
                 */
                "application/json": components["schemas"]["CategoryUpdate"];
            };
        };
        responses: {
            /** @description The changed category. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "0b8f8e5e-3c0e-4c53-8d4a-b4f7ad7a1e90",
                     *       "userId": "550e8400-e29b-41d4-a716-446655440000",
                     *       "name": "Mascotas",
                     *       "type": "EXPENSE",
                     *       "isFixed": false,
                     *       "color": "#A8D8EA",
                     *       "icon": "PawPrint",
                     *       "parentId": null,
                     *       "createdAt": "2024-03-04T14:13:20.000Z",
                     *       "updatedAt": "2024-03-05T09:00:00.000Z",
                     *       "deletedAt": null
                     *     }
                     */
                    "application/json": components["schemas"]["Category"];
                };
            };
            /** @description A value is invalid, the category cannot have this parent, its budgets do not fit into the parent's, or the type does not fit its transactions or subcategories. Nothing was changed. */
            400: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppError"];
                };
            };
            401: components["responses"]["AppUnauthorized"];
            402: components["responses"]["AppInsufficientTokens"];
            403: components["responses"]["AppForbidden"];
            404: components["responses"]["AppCategoryNotFound"];
            409: components["responses"]["AppCategoryConflict"];
            412: components["responses"]["AppPreconditionFailed"];
            413: components["responses"]["AppTooLarge"];
            415: components["responses"]["AppUnsupportedMediaType"];
            422: components["responses"]["AppIdempotencyMismatch"];
            429: components["responses"]["AppRateLimited"];
            500: components["responses"]["AppInternal"];
            503: components["responses"]["AppOverloaded"];
        };
    };
    redeemInvite: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "code": "K7QXM-2VABD-RT5WE-HN4PZ"
                 *     }
                 */
                "application/json": components["schemas"]["InviteCode"];
            };
        };
        responses: {
            /** @description The code is valid. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Invite code accepted",
                     *       "invite_token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJjb2RlIjoiSzdRWE0ifQ.c2lnbmF0dXJl",
                     *       "expires_in": 900
                     *     }
                     */
                    "application/json": components["schemas"]["RedeemedInvite"];
                };
            };
            /** @description The code is unknown, or the request is invalid. */
            400: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The code is used up, expired or revoked. */
            410: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Overloaded"];
        };
    };
    registerDeveloper: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text that the client chooses, 1 to 255 visible ASCII characters. A retry with the same key within 24 hours has no second effect and no second charge: it gets the first response. Of a call by key that only reads, a response of more than 1,024 bytes is not stored: the retry reads again. Calls by session that only read are not stored. Of one caller, the newest 10,000 responses are kept, and the newest 16 MiB; of calls without a credential, 10,000 in all. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "user@example.com",
                 *       "password": "correct horse battery staple",
                 *       "invite_token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJjb2RlIjoiSzdRWE0ifQ.c2lnbmF0dXJl"
                 *     }
                 */
                "application/json": components["schemas"]["Registration"];
            };
        };
        responses: {
            /** @description The account was created, and the mail server has accepted the verification email. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Register user successful",
                     *       "linkMsg": "Please verify the email, I have send verification link."
                     *     }
                     */
                    "application/json": components["schemas"]["Registered"];
                };
            };
            /** @description The address is registered, the invite token is invalid, or the request is invalid. Nothing was created, and the invite was not used. */
            400: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            409: components["responses"]["IdempotencyConflict"];
            /** @description The invite's code is used up, expired or revoked. Nothing was created. */
            410: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyMismatch"];
            429: components["responses"]["RateLimited"];
            /** @description The account was created, but the verification email could not be sent (`mail_failed`); or an unexpected failure (`internal`). */
            500: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            503: components["responses"]["Overloaded"];
        };
    };
    openVerification: {
        parameters: {
            query: {
                /**
                 * @description The one-time token from the email.
                 * @example 0fKd9sXyTt0mE0o1c7mJ2v0n4Q8yVb3sX5hKpR6wLzU1aG7eYc2iNqD9tB4rMfJx
                 */
                token: components["parameters"]["MailToken"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A redirect to the page. */
            302: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["TokenMissing"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Overloaded"];
        };
    };
    verifyEmail: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "token": "0fKd9sXyTt0mE0o1c7mJ2v0n4Q8yVb3sX5hKpR6wLzU1aG7eYc2iNqD9tB4rMfJx"
                 *     }
                 */
                "application/json": components["schemas"]["OneTimeToken"];
            };
        };
        responses: {
            /** @description The address is verified, by this call or by an earlier one with the same token. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Email verified successfully"
                     *     }
                     */
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description The token is unknown, expired, replaced by a newer one, no longer needed, or for another purpose. */
            400: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Overloaded"];
        };
    };
    describeSignUp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "token": "0fKd9sXyTt0mE0o1c7mJ2v0n4Q8yVb3sX5hKpR6wLzU1aG7eYc2iNqD9tB4rMfJx"
                 *     }
                 */
                "application/json": components["schemas"]["OneTimeToken"];
            };
        };
        responses: {
            /** @description The sign-up. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "email": "ada@example.com",
                     *       "created_at": "2024-03-04T14:13:20.000Z",
                     *       "timezone": "America/Argentina/Buenos_Aires",
                     *       "address": "203.0.113.7",
                     *       "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Gecko/20100101 Firefox/136.0",
                     *       "verified": false
                     *     }
                     */
                    "application/json": components["schemas"]["SignUp"];
                };
            };
            /** @description The token is unknown, expired, replaced by a newer one, no longer needed, or for another purpose. */
            400: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Overloaded"];
        };
    };
    rejectSignUp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "token": "0fKd9sXyTt0mE0o1c7mJ2v0n4Q8yVb3sX5hKpR6wLzU1aG7eYc2iNqD9tB4rMfJx"
                 *     }
                 */
                "application/json": components["schemas"]["OneTimeToken"];
            };
        };
        responses: {
            /** @description The account is deleted. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Account deleted"
                     *     }
                     */
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description The token is unknown, used, expired, replaced by a newer one, no longer needed, or for another purpose. */
            400: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Overloaded"];
        };
    };
    resendVerification: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "user@example.com"
                 *     }
                 */
                "application/json": components["schemas"]["Address"];
            };
        };
        responses: {
            /** @description The request is accepted. The response does not reveal whether the address is known. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "If that email is awaiting verification, a new link has been sent."
                     *     }
                     */
                    "application/json": components["schemas"]["Message"];
                };
            };
            400: components["responses"]["InvalidAddress"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Overloaded"];
        };
    };
    loginDeveloper: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "user@example.com",
                 *       "password": "correct horse battery staple"
                 *     }
                 */
                "application/json": components["schemas"]["Credentials"];
            };
        };
        responses: {
            /** @description The user is logged in. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Set-Cookie": components["headers"]["SessionCookie"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Login successful",
                     *       "token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI1NTBlODQwMC1lMjliLTQxZDQtYTcxNi00NDY2NTU0NDAwMDAifQ.c2lnbmF0dXJl",
                     *       "user": {
                     *         "uuid": "550e8400-e29b-41d4-a716-446655440000",
                     *         "email": "user@example.com",
                     *         "usertype": "user",
                     *         "api_key": "alta_4eC3…9pQz",
                     *         "verify_email": true,
                     *         "has_uat_access": false,
                     *         "credit_balance": 0,
                     *         "plan": "free",
                     *         "webhook_url": "",
                     *         "notify_email": true,
                     *         "notify_browser": true
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["LoggedIn"];
                };
            };
            /** @description The password is right but the address is not verified, or the request is invalid. */
            400: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The address is unknown, or the password is wrong. */
            401: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Invalid email or password",
                     *       "code": "invalid_credentials",
                     *       "request_id": "5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10"
                     *     }
                     */
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The password is right, but an operator has suspended the account. */
            403: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Account suspended",
                     *       "code": "suspended",
                     *       "request_id": "5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10"
                     *     }
                     */
                    "application/json": components["schemas"]["Failure"];
                };
            };
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            /** @description Too many failed attempts for this address, or too many requests from this client. */
            429: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "Retry-After": components["headers"]["RetryAfter"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            500: components["responses"]["Internal"];
            503: components["responses"]["Overloaded"];
        };
    };
    forgetPassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "user@example.com"
                 *     }
                 */
                "application/json": components["schemas"]["Address"];
            };
        };
        responses: {
            /** @description The request is accepted. The response does not reveal whether the address is known. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "If that email is registered, a reset link has been sent."
                     *     }
                     */
                    "application/json": components["schemas"]["Message"];
                };
            };
            400: components["responses"]["InvalidAddress"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Overloaded"];
        };
    };
    openReset: {
        parameters: {
            query: {
                /**
                 * @description The one-time token from the email.
                 * @example 0fKd9sXyTt0mE0o1c7mJ2v0n4Q8yVb3sX5hKpR6wLzU1aG7eYc2iNqD9tB4rMfJx
                 */
                token: components["parameters"]["MailToken"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A redirect to the page. */
            302: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["TokenMissing"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Overloaded"];
        };
    };
    newPassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "token": "0fKd9sXyTt0mE0o1c7mJ2v0n4Q8yVb3sX5hKpR6wLzU1aG7eYc2iNqD9tB4rMfJx",
                 *       "newpassword": "correct horse battery staple"
                 *     }
                 */
                "application/json": components["schemas"]["NewPassword"];
            };
        };
        responses: {
            /** @description The password was changed. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Set-Cookie": components["headers"]["DeviceCookie"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Password updated successfully"
                     *     }
                     */
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description The token is unknown, used, expired or for another purpose, or the request is invalid. The password is not changed. */
            400: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Overloaded"];
        };
    };
    logout: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session has ended. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Set-Cookie": components["headers"]["SessionCookie"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Logout successful"
                     *     }
                     */
                    "application/json": components["schemas"]["Message"];
                };
            };
            401: components["responses"]["SessionEnded"];
            403: components["responses"]["CrossOrigin"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Overloaded"];
        };
    };
    listSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The active sessions. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "sessions": [
                     *         {
                     *           "id": "2f1c9f0a-6a55-4c1e-8c0b-0d6a5d8f7b21",
                     *           "created_at": "2024-03-04T14:13:20.000Z",
                     *           "last_seen_at": "2024-03-04T15:00:00.000Z",
                     *           "user_agent": "Mozilla/5.0",
                     *           "address": "203.0.113.7",
                     *           "current": true
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["SessionList"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["KeyRefused"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Overloaded"];
        };
    };
    deleteSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The session's id, from the list of sessions.
                 * @example 2f1c9f0a-6a55-4c1e-8c0b-0d6a5d8f7b21
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session has ended. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidID"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["CrossOrigin"];
            /** @description The caller has no such session. */
            404: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Session not found",
                     *       "code": "not_found",
                     *       "request_id": "5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10"
                     *     }
                     */
                    "application/json": components["schemas"]["Failure"];
                };
            };
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Overloaded"];
        };
    };
    getDeveloper: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The caller's record. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "user": {
                     *         "uuid": "550e8400-e29b-41d4-a716-446655440000",
                     *         "email": "user@example.com",
                     *         "usertype": "user",
                     *         "api_key": "alta_4eC3…9pQz",
                     *         "verify_email": true,
                     *         "has_uat_access": false,
                     *         "credit_balance": 0,
                     *         "plan": "free",
                     *         "webhook_url": "",
                     *         "notify_email": true,
                     *         "notify_browser": true
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["UserRecord"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["KeyRefused"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Overloaded"];
        };
    };
    updateDeveloper: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the call only if the resource still has one of these entity tags (RFC 9110 section 13.1.1): the `ETag` of an earlier response, several with commas, or `*` for any. Otherwise the response is 412, and nothing is changed. A weak tag (`W/"…"`) never matches. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "webhook_url": "https://hooks.example.com/alta",
                 *       "notify_browser": false
                 *     }
                 */
                "application/json": components["schemas"]["UserUpdate"];
            };
        };
        responses: {
            /** @description The updated record. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Profile updated successfully",
                     *       "user": {
                     *         "uuid": "550e8400-e29b-41d4-a716-446655440000",
                     *         "email": "user@example.com",
                     *         "usertype": "user",
                     *         "api_key": "alta_4eC3…9pQz",
                     *         "verify_email": true,
                     *         "has_uat_access": false,
                     *         "credit_balance": 0,
                     *         "plan": "free",
                     *         "webhook_url": "https://hooks.example.com/alta",
                     *         "notify_email": true,
                     *         "notify_browser": false
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["UpdatedUser"];
                };
            };
            /** @description A field cannot be changed here, or a value is invalid. Nothing was changed. */
            400: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "webhook_url must be an https URL",
                     *       "code": "invalid_request",
                     *       "errors": [
                     *         {
                     *           "field": "webhook_url",
                     *           "message": "webhook_url must be an https URL"
                     *         }
                     *       ],
                     *       "request_id": "5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10"
                     *     }
                     */
                    "application/json": components["schemas"]["Failure"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["CrossOrigin"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Overloaded"];
        };
    };
    getNotices: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The choice. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "notify_login": true,
                     *       "notify_keys": true,
                     *       "notify_lock": true
                     *     }
                     */
                    "application/json": components["schemas"]["Notices"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["KeyRefused"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Overloaded"];
        };
    };
    updateNotices: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes the call only if the resource still has one of these entity tags (RFC 9110 section 13.1.1): the `ETag` of an earlier response, several with commas, or `*` for any. Otherwise the response is 412, and nothing is changed. A weak tag (`W/"…"`) never matches. */
                "If-Match"?: components["parameters"]["IfMatch"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "notify_keys": false
                 *     }
                 */
                "application/json": components["schemas"]["NoticesUpdate"];
            };
        };
        responses: {
            /** @description The choice after the change. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "notify_login": true,
                     *       "notify_keys": false,
                     *       "notify_lock": true
                     *     }
                     */
                    "application/json": components["schemas"]["Notices"];
                };
            };
            /** @description There is no such choice, or a value is invalid. Nothing was changed. */
            400: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "property notify_password should not exist",
                     *       "code": "invalid_request",
                     *       "errors": [
                     *         {
                     *           "field": "notify_password",
                     *           "message": "property notify_password should not exist"
                     *         }
                     *       ],
                     *       "request_id": "5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10"
                     *     }
                     */
                    "application/json": components["schemas"]["Failure"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["CrossOrigin"];
            412: components["responses"]["PreconditionFailed"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Overloaded"];
        };
    };
    listInvites: {
        parameters: {
            query?: {
                /**
                 * @description The page number, from 1.
                 * @example 1
                 */
                page?: components["parameters"]["AdminPage"];
                /**
                 * @description Invites per page.
                 * @example 20
                 */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of invites. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "invites": [
                     *         {
                     *           "id": "7b9a1c52-6a0e-4e9d-8a8c-3d9a4f1e2b60",
                     *           "code": "K7QXM…",
                     *           "state": "redeemable",
                     *           "uses": 2,
                     *           "max_uses": 7,
                     *           "note": "Beta, first wave",
                     *           "created_by": "550e8400-e29b-41d4-a716-446655440000",
                     *           "created_at": "2024-03-04T14:13:20.000Z",
                     *           "expires_at": "2024-03-11T14:13:20.000Z",
                     *           "revoked_at": null
                     *         }
                     *       ],
                     *       "page": 1,
                     *       "limit": 20,
                     *       "total": 1
                     *     }
                     */
                    "application/json": components["schemas"]["InvitePage"];
                };
            };
            400: components["responses"]["InvalidPage"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["AdminOnly"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Overloaded"];
        };
    };
    createInvite: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text that the client chooses, 1 to 255 visible ASCII characters. A retry with the same key within 24 hours has no second effect and no second charge: it gets the first response. Of a call by key that only reads, a response of more than 1,024 bytes is not stored: the retry reads again. Calls by session that only read are not stored. Of one caller, the newest 10,000 responses are kept, and the newest 16 MiB; of calls without a credential, 10,000 in all. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "uses": 7,
                 *       "expires_in": 604800,
                 *       "note": "Beta, first wave"
                 *     }
                 */
                "application/json": components["schemas"]["NewInvite"];
            };
        };
        responses: {
            /** @description The invite. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "7b9a1c52-6a0e-4e9d-8a8c-3d9a4f1e2b60",
                     *       "code": "K7QXM-2VABD-RT5WE-HN4PZ",
                     *       "state": "redeemable",
                     *       "uses": 0,
                     *       "max_uses": 7,
                     *       "note": "Beta, first wave",
                     *       "created_by": "550e8400-e29b-41d4-a716-446655440000",
                     *       "created_at": "2024-03-04T14:13:20.000Z",
                     *       "expires_at": "2024-03-11T14:13:20.000Z",
                     *       "revoked_at": null
                     *     }
                     */
                    "application/json": components["schemas"]["Invite"];
                };
            };
            /** @description A value is invalid. Nothing was created. */
            400: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "uses must not be less than 1",
                     *       "code": "invalid_request",
                     *       "errors": [
                     *         {
                     *           "field": "uses",
                     *           "message": "uses must not be less than 1"
                     *         }
                     *       ],
                     *       "request_id": "5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10"
                     *     }
                     */
                    "application/json": components["schemas"]["Failure"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["AdminOnly"];
            409: components["responses"]["IdempotencyConflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyMismatch"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Overloaded"];
        };
    };
    revokeInvite: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The code, or the `id` of the invite.
                 * @example K7QXM-2VABD-RT5WE-HN4PZ
                 */
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The invite is revoked. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The code is invalid. */
            400: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "code must be shorter than or equal to 100 characters",
                     *       "code": "invalid_request",
                     *       "errors": [
                     *         {
                     *           "field": "code",
                     *           "message": "code must be shorter than or equal to 100 characters"
                     *         }
                     *       ],
                     *       "request_id": "5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10"
                     *     }
                     */
                    "application/json": components["schemas"]["Failure"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["AdminOnly"];
            /** @description There is no such invite. */
            404: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Invite not found",
                     *       "code": "not_found",
                     *       "request_id": "5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10"
                     *     }
                     */
                    "application/json": components["schemas"]["Failure"];
                };
            };
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Overloaded"];
        };
    };
    getTokenBalance: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The balance. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "current_balance": 1995,
                     *       "plan": "free",
                     *       "monthly_quota": 2000,
                     *       "billing_cycle_end": "2024-04-04T14:13:20.000Z",
                     *       "days_until_refill": 31,
                     *       "suspended": false
                     *     }
                     */
                    "application/json": components["schemas"]["Balance"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["KeyForbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Overloaded"];
        };
    };
    getTokenUsage: {
        parameters: {
            query?: {
                /**
                 * @description Days to look back, including today. Clamped to 1 to 90; if it is not a number, 30.
                 * @example 30
                 */
                days?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The usage. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "window_days": 30,
                     *       "daily": [
                     *         {
                     *           "day": "2024-03-04",
                     *           "tokens": 15,
                     *           "calls": 6
                     *         }
                     *       ],
                     *       "top_endpoints": [
                     *         {
                     *           "endpoint": "GET /api/v1/sandbox",
                     *           "tokens": 10,
                     *           "calls": 1
                     *         },
                     *         {
                     *           "endpoint": "GET /api/accounts",
                     *           "tokens": 5,
                     *           "calls": 5
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Usage"];
                };
            };
            /** @description A parameter is unknown. */
            400: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "property month should not exist",
                     *       "code": "invalid_request",
                     *       "errors": [
                     *         {
                     *           "field": "month",
                     *           "message": "property month should not exist"
                     *         }
                     *       ],
                     *       "request_id": "5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10"
                     *     }
                     */
                    "application/json": components["schemas"]["Failure"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["KeyForbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Overloaded"];
        };
    };
    listTokenTransactions: {
        parameters: {
            query?: {
                /**
                 * @description The number of rows. Clamped to 1 to 200; if it is not a number, 50.
                 * @example 50
                 */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The rows. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "transactions": [
                     *         {
                     *           "id": "018e0a3c-7c00-7000-8000-000000000001",
                     *           "created_at": "2024-03-04T14:13:20.000Z",
                     *           "delta": -10,
                     *           "kind": "debit",
                     *           "endpoint": "GET /api/v1/sandbox",
                     *           "metadata": {
                     *             "request_id": "5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10"
                     *           }
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["TokenTransactionList"];
                };
            };
            /** @description A parameter is unknown. */
            400: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "property page should not exist",
                     *       "code": "invalid_request",
                     *       "errors": [
                     *         {
                     *           "field": "page",
                     *           "message": "property page should not exist"
                     *         }
                     *       ],
                     *       "request_id": "5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10"
                     *     }
                     */
                    "application/json": components["schemas"]["Failure"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["KeyForbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Overloaded"];
        };
    };
    listAPIKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The keys. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "api_keys": [
                     *         {
                     *           "id": "7d9f3f3a-52a3-4a4c-9d60-0c3c1a2f6d11",
                     *           "name": "ci",
                     *           "masked": "alta_4eC3…5fXy",
                     *           "created_at": "2024-03-04T14:13:20.000Z",
                     *           "last_used_at": null,
                     *           "expires_at": null
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["APIKeyList"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["KeyRefused"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Overloaded"];
        };
    };
    createAPIKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text that the client chooses, 1 to 255 visible ASCII characters. A retry with the same key within 24 hours has no second effect and no second charge: it gets the first response. Of a call by key that only reads, a response of more than 1,024 bytes is not stored: the retry reads again. Calls by session that only read are not stored. Of one caller, the newest 10,000 responses are kept, and the newest 16 MiB; of calls without a credential, 10,000 in all. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "ci"
                 *     }
                 */
                "application/json": components["schemas"]["NewAPIKey"];
            };
        };
        responses: {
            /** @description The key. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "7d9f3f3a-52a3-4a4c-9d60-0c3c1a2f6d11",
                     *       "name": "ci",
                     *       "key": "alta_4eC39HqLyjWDarjtT1zdp7dcK2bN8xVQ0a5fXy",
                     *       "masked": "alta_4eC3…5fXy",
                     *       "created_at": "2024-03-04T14:13:20.000Z",
                     *       "expires_at": null
                     *     }
                     */
                    "application/json": components["schemas"]["CreatedAPIKey"];
                };
            };
            /** @description A value is invalid. Nothing was created. */
            400: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "name should not be empty",
                     *       "code": "invalid_request",
                     *       "errors": [
                     *         {
                     *           "field": "name",
                     *           "message": "name should not be empty"
                     *         }
                     *       ],
                     *       "request_id": "5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10"
                     *     }
                     */
                    "application/json": components["schemas"]["Failure"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description No invite was redeemed for the account, or it has the maximum number of keys. */
            403: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            409: components["responses"]["IdempotencyConflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyMismatch"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Overloaded"];
        };
    };
    revokeAPIKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No key works any more. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["CrossOrigin"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Overloaded"];
        };
    };
    deleteAPIKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The key's id, from the list of keys.
                 * @example 550e8400-e29b-41d4-a716-446655440000
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The key is revoked. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidID"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["CrossOrigin"];
            404: components["responses"]["APIKeyNotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Overloaded"];
        };
    };
    rotateAPIKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text that the client chooses, 1 to 255 visible ASCII characters. A retry with the same key within 24 hours has no second effect and no second charge: it gets the first response. Of a call by key that only reads, a response of more than 1,024 bytes is not stored: the retry reads again. Calls by session that only read are not stored. Of one caller, the newest 10,000 responses are kept, and the newest 16 MiB; of calls without a credential, 10,000 in all. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /**
                 * @description The old key's id.
                 * @example 550e8400-e29b-41d4-a716-446655440000
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "overlap_hours": 24
                 *     }
                 */
                "application/json": components["schemas"]["KeyRotation"];
            };
        };
        responses: {
            /** @description The new key. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "7d9f3f3a-52a3-4a4c-9d60-0c3c1a2f6d11",
                     *       "name": "ci",
                     *       "key": "alta_4eC39HqLyjWDarjtT1zdp7dcK2bN8xVQ0a5fXy",
                     *       "masked": "alta_4eC3…5fXy",
                     *       "created_at": "2024-03-04T14:13:20.000Z",
                     *       "expires_at": null
                     *     }
                     */
                    "application/json": components["schemas"]["CreatedAPIKey"];
                };
            };
            /** @description A value is invalid. Nothing was created. */
            400: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "overlap_hours must not be greater than 72",
                     *       "code": "invalid_request",
                     *       "errors": [
                     *         {
                     *           "field": "overlap_hours",
                     *           "message": "overlap_hours must not be greater than 72"
                     *         }
                     *       ],
                     *       "request_id": "5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10"
                     *     }
                     */
                    "application/json": components["schemas"]["Failure"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The account has the maximum number of keys, or the request was made by cookie from a page of another origin. */
            403: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            404: components["responses"]["APIKeyNotFound"];
            409: components["responses"]["IdempotencyConflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyMismatch"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Overloaded"];
        };
    };
    activateAPIAccess: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text that the client chooses, 1 to 255 visible ASCII characters. A retry with the same key within 24 hours has no second effect and no second charge: it gets the first response. Of a call by key that only reads, a response of more than 1,024 bytes is not stored: the retry reads again. Calls by session that only read are not stored. Of one caller, the newest 10,000 responses are kept, and the newest 16 MiB; of calls without a credential, 10,000 in all. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "invite_token": "eyJhbGciOiJIUzI1NiJ9.e30.c2ln"
                 *     }
                 */
                "application/json": components["schemas"]["Activation"];
            };
        };
        responses: {
            /** @description API access is active. The key is shown only here. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "7d9f3f3a-52a3-4a4c-9d60-0c3c1a2f6d11",
                     *       "name": "ci",
                     *       "key": "alta_4eC39HqLyjWDarjtT1zdp7dcK2bN8xVQ0a5fXy",
                     *       "masked": "alta_4eC3…5fXy",
                     *       "created_at": "2024-03-04T14:13:20.000Z",
                     *       "expires_at": null
                     *     }
                     */
                    "application/json": components["schemas"]["CreatedAPIKey"];
                };
            };
            /** @description The invite token or the request is invalid. */
            400: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The address is not verified, or the account already has API access. */
            403: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            409: components["responses"]["IdempotencyConflict"];
            /** @description The invite's code is used up, expired or revoked. */
            410: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyMismatch"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Overloaded"];
        };
    };
    listPlans: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The plans. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "success",
                     *       "request_id": "5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10",
                     *       "timestamp": "2024-03-04T14:13:20.000Z",
                     *       "data": [
                     *         {
                     *           "id": 1,
                     *           "name": "Free",
                     *           "stripe_price_id": null,
                     *           "price": 0,
                     *           "currency": "USD",
                     *           "features": [
                     *             "2,000 tokens a month",
                     *             "60 requests a minute"
                     *           ],
                     *           "tokens_per_month": 2000,
                     *           "requests_per_minute": 60
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["PlanList"];
                };
            };
            500: components["responses"]["Internal"];
            503: components["responses"]["Overloaded"];
        };
    };
    getSandbox: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text that the client chooses, 1 to 255 visible ASCII characters. A retry with the same key within 24 hours has no second effect and no second charge: it gets the first response. Of a call by key that only reads, a response of more than 1,024 bytes is not stored: the retry reads again. Calls by session that only read are not stored. Of one caller, the newest 10,000 responses are kept, and the newest 16 MiB; of calls without a credential, 10,000 in all. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The call succeeded, and was charged if made by key. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "sandbox response",
                     *       "request_id": "5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10",
                     *       "auth_method": "api_key",
                     *       "as_of": "2024-03-04T14:13:20.000Z",
                     *       "remaining_balance": 1990
                     *     }
                     */
                    "application/json": components["schemas"]["Sandbox"];
                };
            };
            /** @description The Idempotency-Key is invalid. */
            400: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "X-Token-Cost": components["headers"]["TokenCost"];
                    "X-Token-Balance": components["headers"]["TokenBalance"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "Idempotency-Key should not be empty",
                     *       "code": "invalid_request",
                     *       "errors": [
                     *         {
                     *           "field": "Idempotency-Key",
                     *           "message": "Idempotency-Key should not be empty"
                     *         }
                     *       ],
                     *       "request_id": "5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10"
                     *     }
                     */
                    "application/json": components["schemas"]["Failure"];
                };
            };
            401: components["responses"]["Unauthorized"];
            402: components["responses"]["InsufficientTokens"];
            403: components["responses"]["KeyForbidden"];
            409: components["responses"]["IdempotencyConflict"];
            422: components["responses"]["IdempotencyMismatch"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Overloaded"];
        };
    };
    getStatus: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The status. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "overall": "operational",
                     *       "services": [
                     *         {
                     *           "name": "api",
                     *           "status": "operational"
                     *         },
                     *         {
                     *           "name": "database",
                     *           "status": "operational"
                     *         },
                     *         {
                     *           "name": "mail",
                     *           "status": "operational"
                     *         }
                     *       ],
                     *       "checked_at": "2024-03-04T14:13:20.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Status"];
                };
            };
            500: components["responses"]["Internal"];
            503: components["responses"]["Overloaded"];
        };
    };
    listUsersWithPlans: {
        parameters: {
            query?: {
                /**
                 * @description The page number, from 1.
                 * @example 1
                 */
                page?: components["parameters"]["AdminPage"];
                /**
                 * @description Rows per page.
                 * @example 20
                 */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of users. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "users": [
                     *         {
                     *           "uuid": "550e8400-e29b-41d4-a716-446655440000",
                     *           "email": "user@example.com",
                     *           "usertype": "user",
                     *           "is_active": true,
                     *           "verify_email": true,
                     *           "plan": "free",
                     *           "balance": 2000,
                     *           "created_at": "2024-03-04T14:13:20.000Z"
                     *         }
                     *       ],
                     *       "page": 1,
                     *       "limit": 20,
                     *       "total": 1
                     *     }
                     */
                    "application/json": components["schemas"]["AdminUserPage"];
                };
            };
            400: components["responses"]["InvalidPage"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["AdminOnly"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Overloaded"];
        };
    };
    suspendUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The user's id.
                 * @example 550e8400-e29b-41d4-a716-446655440000
                 */
                id: components["parameters"]["UserID"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The changed user. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "uuid": "550e8400-e29b-41d4-a716-446655440000",
                     *       "email": "user@example.com",
                     *       "usertype": "user",
                     *       "is_active": false,
                     *       "verify_email": true,
                     *       "plan": "free",
                     *       "balance": 2000,
                     *       "created_at": "2024-03-04T14:13:20.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["AdminUser"];
                };
            };
            400: components["responses"]["InvalidID"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["AdminOnly"];
            404: components["responses"]["UserNotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Overloaded"];
        };
    };
    resumeUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The user's id.
                 * @example 550e8400-e29b-41d4-a716-446655440000
                 */
                id: components["parameters"]["UserID"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The changed user. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "uuid": "550e8400-e29b-41d4-a716-446655440000",
                     *       "email": "user@example.com",
                     *       "usertype": "user",
                     *       "is_active": true,
                     *       "verify_email": true,
                     *       "plan": "free",
                     *       "balance": 2000,
                     *       "created_at": "2024-03-04T14:13:20.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["AdminUser"];
                };
            };
            400: components["responses"]["InvalidID"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["AdminOnly"];
            404: components["responses"]["UserNotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Overloaded"];
        };
    };
    grantTokens: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text that the client chooses, 1 to 255 visible ASCII characters. A retry with the same key within 24 hours has no second effect and no second charge: it gets the first response. Of a call by key that only reads, a response of more than 1,024 bytes is not stored: the retry reads again. Calls by session that only read are not stored. Of one caller, the newest 10,000 responses are kept, and the newest 16 MiB; of calls without a credential, 10,000 in all. */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /**
                 * @description The user's id.
                 * @example 550e8400-e29b-41d4-a716-446655440000
                 */
                id: components["parameters"]["UserID"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "tokens": 500,
                 *       "reason": "outage of 3 March"
                 *     }
                 */
                "application/json": components["schemas"]["TokenGrant"];
            };
        };
        responses: {
            /** @description The row of the ledger. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "018e0a3c-7c00-7000-8000-000000000001",
                     *       "created_at": "2024-03-04T14:13:20.000Z",
                     *       "delta": 500,
                     *       "kind": "grant",
                     *       "endpoint": "POST /api/v1/admin/users/{id}/grants",
                     *       "metadata": {
                     *         "request_id": "5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["TokenTransaction"];
                };
            };
            /** @description A value is invalid, the number is zero, or it would remove more tokens than there are. */
            400: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            401: components["responses"]["Unauthorized"];
            /** @description The caller is not an administrator, or the user has no plan. */
            403: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    "Idempotency-Replayed": components["headers"]["IdempotencyReplayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            404: components["responses"]["UserNotFound"];
            409: components["responses"]["IdempotencyConflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyMismatch"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Overloaded"];
        };
    };
    listAuditEvents: {
        parameters: {
            query?: {
                /**
                 * @description The number of events. Clamped to 1 to 200; if it is not a number, 50.
                 * @example 50
                 */
                limit?: number;
                /**
                 * @description Only events older than the one with this id.
                 * @example 018e0a3c-7c00-7000-8000-000000000001
                 */
                before?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The events. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "events": [
                     *         {
                     *           "id": "018e0a3c-7c00-7000-8000-000000000001",
                     *           "created_at": "2024-03-04T14:13:20.000Z",
                     *           "kind": "login",
                     *           "actor": "550e8400-e29b-41d4-a716-446655440000",
                     *           "user_id": "550e8400-e29b-41d4-a716-446655440000",
                     *           "subject": "5d41402abc4b2a76b9719d911017c592",
                     *           "address": "203.0.113.7",
                     *           "request_id": "5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10",
                     *           "detail": ""
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["AuditEventList"];
                };
            };
            /** @description A parameter is invalid. */
            400: {
                headers: {
                    "Alta-Error": components["headers"]["ErrorCode"];
                    "X-Request-Id": components["headers"]["RequestID"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "message": "before must be a UUID",
                     *       "code": "invalid_request",
                     *       "errors": [
                     *         {
                     *           "field": "before",
                     *           "message": "before must be a UUID"
                     *         }
                     *       ],
                     *       "request_id": "5f0c6b1e-7f35-4a0e-9b57-2a7a3d1f6e10"
                     *     }
                     */
                    "application/json": components["schemas"]["Failure"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["AdminOnly"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Overloaded"];
        };
    };
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Alive. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ok"
                     *     }
                     */
                    "application/json": components["schemas"]["Health"];
                };
            };
            500: components["responses"]["AppInternal"];
        };
    };
    getReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ready. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ready"
                     *     }
                     */
                    "application/json": components["schemas"]["Health"];
                };
            };
            500: components["responses"]["AppInternal"];
            503: components["responses"]["AppOverloaded"];
        };
    };
    getMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The metrics. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["RequestID"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example # TYPE alta_requests_total counter
                     *     alta_requests_total{operation="getHealth",status="200"} 1
                     */
                    "text/plain": string;
                };
            };
            401: components["responses"]["AppUnauthorized"];
            429: components["responses"]["AppRateLimited"];
            500: components["responses"]["AppInternal"];
        };
    };
}
