package handlers

import (
	"context"

	"example.com/alta/gen"
	"example.com/alta/internal/stage"
	"example.com/alta/repo"
)

// AppRegister creates a user at the app door and logs the user in.
func (s *Server) AppRegister(ctx context.Context, r gen.AppRegisterRequestObject) (gen.AppRegisterResponseObject, error) {
	currency, err := r.Body.Currency.Get()
	if err != nil {
		return nil, err
	}
	n, err := s.prepareSignUp(ctx, repo.NewUser{
		Email: r.Body.Email, Door: repo.DoorApp,
		FirstName: r.Body.FirstName, LastName: r.Body.LastName, Currency: currency,
	}, r.Body.Password)
	if err != nil {
		return nil, err
	}
	return stage.Write(ctx, s.calls, gen.AppRegister201JSONResponse.VisitAppRegisterResponse,
		func(tx *repo.Tx) (response gen.AppRegister201JSONResponse, err error) {
			user, err := s.addUser(ctx, tx, n, "")
			if err != nil {
				return response, err
			}
			token, err := s.openSession(ctx, tx, user, repo.DoorApp)
			if err != nil {
				return response, err
			}
			response.Body = gen.AppSession{User: appUser(user), Token: token}
			return response, s.giveCookies(stage.From(ctx), user, token)
		})
}

// AppLogin exchanges an address and a password for a session.
func (s *Server) AppLogin(ctx context.Context, r gen.AppLoginRequestObject) (gen.AppLoginResponseObject, error) {
	user, token, err := s.logIn(ctx, repo.DoorApp, r.Body.Email, r.Body.Password)
	if err != nil {
		return nil, err
	}
	return gen.AppLogin200JSONResponse{Body: gen.AppSession{User: appUser(user), Token: token}}, nil
}

// GetProfile answers who is logged in.
func (s *Server) GetProfile(ctx context.Context, _ gen.GetProfileRequestObject) (gen.GetProfileResponseObject, error) {
	user, err := s.caller(ctx)
	if err != nil {
		return nil, err
	}
	body := gen.AppProfile{Message: "This is your profile"}
	body.User.ID, body.User.Email = user.ID, user.Email
	body.User.FirstName, body.User.LastName = user.FirstName, user.LastName
	return gen.GetProfile200JSONResponse{Body: body}, nil
}

func appUser(user repo.User) gen.AppUser {
	return gen.AppUser{
		ID:        user.ID,
		Email:     user.Email,
		FirstName: user.FirstName,
		LastName:  user.LastName,
		Currency:  user.Currency,
		Role:      gen.Role(user.Role),
		AvatarURL: user.AvatarURL,
	}
}
