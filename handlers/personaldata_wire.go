package handlers

import (
	"example.com/alta/gen"
	"example.com/alta/internal/fiscal"
	"example.com/alta/internal/money"
	"example.com/alta/repo"
)

// The functions here convert rows for the export of personal data. Digests, hashes and
// encrypted columns are not read for it.

func exportedProfile(u repo.User) gen.ExportedProfile {
	return gen.ExportedProfile{
		ID: u.ID, Email: u.DisplayEmail, HasPassword: u.PasswordHash != nil, Door: string(u.Door), FirstName: u.FirstName, LastName: u.LastName,
		AvatarURL: u.AvatarURL, Phone: u.Phone, AuthProvider: gen.AuthProvider(u.AuthProvider), Currency: u.Currency,
		FiscalStartDay: u.FiscalStartDay, Timezone: u.Timezone, Language: gen.Language(u.Language), Role: gen.Role(u.Role),
		IsActive: u.IsActive, Plan: gen.PlanName(u.Plan),
		EmailVerified: timeOrNull(u.EmailVerifiedAt), InviteCode: u.InviteCode, WebhookURL: u.WebhookURL,
		NotifyEmail: u.NotifyEmail, NotifyBrowser: u.NotifyBrowser, NotifyLogin: u.NotifyLogin, NotifyKeys: u.NotifyKeys,
		NotifyLock: u.NotifyLock, SignUpAddress: u.SignUpAddress, SignUpUserAgent: u.SignUpAgent, PasswordReset: timeOrNull(u.PasswordResetAt),
		FirstLogin: timeOrNull(u.FirstLoginAt), CreatedAt: wireTime(u.CreatedAt), UpdatedAt: wireTime(u.UpdatedAt),
	}
}

// exportedTransaction has the start of the transaction's day in the calendar, which a
// deleted transaction has not followed.
func exportedTransaction(t repo.Transaction, calendar fiscal.Calendar) gen.ExportedTransaction {
	date := t.Date
	if begin, err := calendar.StartOf(t.Day); err == nil {
		date = begin
	}
	return gen.ExportedTransaction{
		ID: t.ID, Type: gen.TransactionType(t.Type), Amount: money.Number(t.Amount, t.Currency), Currency: t.Currency, Description: t.Description,
		Date: wireTime(date), AccountID: t.AccountID, CategoryID: t.CategoryID, TransferID: t.TransferID,
		CreatedAt: wireTime(t.CreatedAt), UpdatedAt: wireTime(t.UpdatedAt), DeletedAt: timeOrNull(t.DeletedAt),
	}
}

func exportedBudget(b repo.Budget) gen.ExportedBudget {
	return gen.ExportedBudget{
		ID: b.ID, CategoryID: b.CategoryID, Amount: money.Number(b.Amount, b.Currency), Month: b.Month, Year: b.Year,
		CreatedAt: wireTime(b.CreatedAt), UpdatedAt: wireTime(b.UpdatedAt),
	}
}

func exportedSession(s repo.Session) gen.ExportedSession {
	return gen.ExportedSession{
		ID: s.ID, Door: string(s.Door), UserAgent: s.UserAgent, Address: s.Address,
		CreatedAt: wireTime(s.CreatedAt), LastSeenAt: wireTime(s.LastSeenAt), ExpiresAt: wireTime(s.ExpiresAt),
	}
}

func exportedKey(k repo.HeldKey) gen.ExportedKey {
	return gen.ExportedKey{
		ID: k.ID, Name: k.Name, Masked: k.Masked, CreatedAt: wireTime(k.CreatedAt),
		LastUsedAt: timeOrNull(k.LastUsedAt), ExpiresAt: timeOrNull(k.ExpiresAt), RevokedAt: timeOrNull(k.RevokedAt),
	}
}

func exportedTokenTransaction(t repo.TokenRow) gen.ExportedTokenTransaction {
	return gen.ExportedTokenTransaction{
		ID: t.ID, Delta: t.Delta, Kind: t.Kind, Endpoint: t.Endpoint, RequestID: t.RequestID, CreatedAt: wireTime(t.CreatedAt),
	}
}

func exportedUsage(u repo.Usage) gen.ExportedUsage {
	return gen.ExportedUsage{Day: u.Day, Endpoint: u.Endpoint, Tokens: u.Tokens, Calls: u.Calls}
}

// exportedAuditEvent leaves out the identity and the address of another person.
func exportedAuditEvent(e repo.AuditEvent) gen.ExportedAuditEvent {
	x := gen.ExportedAuditEvent{
		ID: e.ID, CreatedAt: wireTime(e.CreatedAt), Kind: e.Kind, Actor: gen.ExportedAuditEventActorAdministrator,
		RequestID: e.RequestID, Detail: e.Detail,
	}
	switch {
	case e.Actor == repo.ActorOperator:
		x.Actor = gen.ExportedAuditEventActorOperator
	case e.Actor == repo.ActorAnonymous:
		x.Actor, x.Address = gen.ExportedAuditEventActorAnonymous, e.Address
	case e.UserID != nil && e.Actor == e.UserID.String():
		x.Actor, x.Address = gen.ExportedAuditEventActorSelf, e.Address
	}
	return x
}

func exportedMail(m repo.HeldMail) gen.ExportedMail {
	return gen.ExportedMail{
		ID: m.ID, Kind: m.Kind, State: string(m.State), Attempts: int64(m.Attempts), LastError: m.LastError,
		CreatedAt: wireTime(m.CreatedAt), FinishedAt: timeOrNull(m.FinishedAt),
	}
}
