package browser

import (
	"context"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// Option is what a tab does before anything else.
type Option = chromedp.Action[chromedp.Void]

// Size makes the tab as large, in CSS pixels. Without it, it is 1280×800.
func Size(width, height int64) Option { return chromedp.EmulateViewport(width, height) }

// Phone makes the tab a phone's: 390×844, with a screen to be touched.
func Phone() Option {
	return chromedp.EmulateViewport(390, 844, chromedp.EmulateScale(2), chromedp.EmulateMobile, chromedp.EmulateTouch)
}

// Dark has pages know that dark colours are liked better.
func Dark() Option {
	return command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}},
	})
}

// WithoutScripts has the tab run no script of a page.
func WithoutScripts() Option { return disableScripts(true) }

func disableScripts(disable bool) Option {
	return command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: disable})
}

// Language has the tab ask for pages in the language, say "es".
func Language(tag string) Option {
	return command(network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{
		Headers: network.Headers{"Accept-Language": tag},
	})
}

func command[P, R any](command cdp.Command[P, R], params P) Option {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, command, params)
		return err
	})
}
