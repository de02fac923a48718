package site

// accountText has the texts of these pages.
type accountText struct {
	Done map[string]string // by code, for toasts

	Pages, Overview, Profile, Notifications string // names of the tabs

	overviewText
	credentialsText
	profileText
}

// overviewText has the texts of the overview of the account.
type overviewText struct {
	Tokens, OfTokens, Plan                  string
	Plans                                   map[string]string // by the API's name
	Refill, RefillTomorrow                  string            // with tokens, days and date in them
	Empty, EmptySays, SeePlans              string
	Costs, SeePricing                       string
	NoPlan, NoPlanSays, Join, GoToApp       string
	Usage, DaysLabel, Days, UTC             string
	Spent, Calls, Day, DaySays              string
	NoCalls, NoCallsSays, MakeKey, Try      string
	TopEndpoints, Endpoint                  string
	Transactions, Time, What, Delta         string
	Kinds                                   map[string]string // by the API's name
	NoTransactions, Newer, Older, AllOfThem string
	WhereAll                                string
}

// credentialsText has the texts of the pages of keys and sessions.
type credentialsText struct {
	Keys, KeysSays, NoKeys, NoAccess       string
	Made, LastUsed, Expires, Never         string
	ExpiresSoon, InThisTab                 string
	NewKey, KeyName, KeyNameHint           string
	KeyExpires, KeyNeverExpires            string
	CreateKey, TooManyKeys                 string
	FormUsed                               string
	YourKey, YourKeySays, KeptInTab        string
	TryKey, Sample, CopySample             string
	Rotate, RotateSays, Overlap            string
	OverlapNone, OverlapHour, OverlapHours string
	RotateButton                           string
	Revoke, RevokeSays, RevokeButton       string
	RevokeAll, RevokeAllSays               string
	Sessions, SessionsSays, ThisOne        string
	Since, LastSeen, Address               string
	End, EndSays, EndButton                string
	EndOthers, EndOthersSays               string
	DeviceOn, UnknownDevice                string
}

// profileText has the texts of the pages of a person's own record.
type profileText struct {
	Verified, Unverified, VerifyNow         string
	MemberSince                             string
	CurrencyHint                            string
	FiscalDay, FiscalDayHint                string
	TimeZone, TimeZoneHint                  string
	MailLanguage, Save                      string
	YourData, YourDataSays, DownloadData    string
	DeleteAccount, DeleteAccountSays, Keeps string
	Password, PasswordOptional              string
	NoPassword, WrongPassword               string
	DeletionMailed                          string
	NotificationsSays, NotificationsKept    string
	NotifyLogin, NotifyLoginHint            string
	NotifyKeys, NotifyKeysHint              string
	NotifyLock, NotifyLockHint              string
	NotifyOn, NotifyOff                     string
}
