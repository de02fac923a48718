package handlers

import (
	"context"

	"example.com/alta/gen"
	"example.com/alta/internal/signin"
	"example.com/alta/internal/stage"
	"example.com/alta/repo"
)

// RegisterAppUser creates a user at the app door and logs the user in.
func (o *accessOperations) RegisterAppUser(ctx context.Context, r gen.RegisterAppUserRequestObject) (gen.RegisterAppUserResponseObject, error) {
	currency, err := r.Body.Currency.Get()
	if err != nil {
		return nil, err
	}
	language := string(valueOr(r.Body.Language, gen.LanguageEs))
	n, err := o.signin.PrepareSignUp(ctx, byCaller(ctx), repo.NewUser{
		Email: r.Body.Email, Door: repo.DoorApp, FirstName: r.Body.FirstName, LastName: r.Body.LastName,
		Currency: currency, Language: language, NamesLanguage: language, Timezone: valueOr(r.Body.Timezone, ""),
	}, r.Body.Password)
	if err != nil {
		return nil, err
	}
	o.calls.KeepPasswordHash(ctx, n.PasswordHash)
	return stage.Write(ctx, o.calls, gen.RegisterAppUser201JSONResponse.VisitRegisterAppUserResponse,
		func(tx *repo.Tx) (response gen.RegisterAppUser201JSONResponse, err error) {
			user, err := o.signin.AddUser(ctx, tx, byCaller(ctx), n)
			if err != nil {
				return response, err
			}
			if err := o.calls.SetOwner(ctx, tx, user.ID); err != nil {
				return response, err
			}
			session, err := o.signin.OpenSession(ctx, tx, o.byBrowser(ctx), signin.NewSession{User: user, Door: repo.DoorApp})
			if err != nil {
				return response, err
			}
			o.setSessionCookies(ctx, session)
			response.Body = gen.AppSession{User: wireAppUser(user), Token: session.Token}
			return response, nil
		})
}

// LoginAppUser exchanges an address and a password for a session.
func (o *accessOperations) LoginAppUser(ctx context.Context, r gen.LoginAppUserRequestObject) (gen.LoginAppUserResponseObject, error) {
	session, err := o.logIn(ctx, repo.DoorApp, r.Body.Email, r.Body.Password)
	if err != nil {
		return nil, err
	}
	return gen.LoginAppUser200JSONResponse{Body: gen.AppSession{User: wireAppUser(session.User), Token: session.Token}}, nil
}

// logIn opens a session at the door and adds its cookies to the response.
func (o *accessOperations) logIn(ctx context.Context, door repo.Door, email, password string) (signin.Session, error) {
	session, err := o.signin.LogIn(ctx, o.byBrowser(ctx), signin.Credentials{Door: door, Email: email, Password: password, Device: o.device(ctx)})
	if err != nil {
		return session, err
	}
	o.setSessionCookies(ctx, session)
	return session, nil
}

// GetSessionUser answers the caller's name and address.
func (o *accessOperations) GetSessionUser(ctx context.Context, _ gen.GetSessionUserRequestObject) (gen.GetSessionUserResponseObject, error) {
	user, err := o.caller(ctx)
	if err != nil {
		return nil, err
	}
	body := gen.AppProfile{Message: "This is your profile"}
	body.User.ID, body.User.Email = user.ID, user.DisplayEmail
	body.User.FirstName, body.User.LastName = user.FirstName, user.LastName
	return gen.GetSessionUser200JSONResponse{Body: body}, nil
}

func wireAppUser(user repo.User) gen.AppUser {
	return gen.AppUser{
		ID:        user.ID,
		Email:     user.DisplayEmail,
		FirstName: user.FirstName,
		LastName:  user.LastName,
		Currency:  user.Currency,
		Role:      gen.Role(user.Role),
		AvatarURL: user.AvatarURL,
	}
}
