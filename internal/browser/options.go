package browser

import (
	"context"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// Option is a step that a tab takes before all others.
type Option = chromedp.Action[chromedp.Void]

// Size sets the size of the tab in CSS pixels. The default is 1280×800.
func Size(width, height int64) Option { return chromedp.EmulateViewport(width, height) }

// Phone makes the tab look like a phone: 390×844, with a touch screen.
func Phone() Option {
	return chromedp.EmulateViewport(390, 844, chromedp.EmulateScale(2), chromedp.EmulateMobile, chromedp.EmulateTouch)
}

// Dark makes the tab prefer dark colours.
func Dark() Option {
	return command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}},
	})
}

// WithoutScripts disables the scripts of pages.
func WithoutScripts() Option { return disableScripts(true) }

func disableScripts(disable bool) Option {
	return command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: disable})
}

// Language sets the preferred language of the tab, such as "es".
func Language(tag string) Option {
	return command(network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{
		Headers: network.Headers{"Accept-Language": tag},
	})
}

// Region makes the browser prefer languages such as "en-GB,en", and live in a time
// zone.
func Region(languages, zone string) Option {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: zone})
		if err != nil {
			return err
		}
		_, err = cdp.Call(ctx, t, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{
			UserAgent: "browser", AcceptLanguage: languages,
		})
		return err
	})
}

func command[P, R any](command cdp.Command[P, R], params P) Option {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, command, params)
		return err
	})
}
