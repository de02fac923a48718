package mail

import (
	"time"

	"example.com/alta/internal/fiscal"
	"example.com/alta/internal/locale"
	"example.com/alta/internal/useragent"
)

// factWords are the words of one language about events.
type factWords struct{ language, when, from, with, on, key string }

var (
	englishFacts = factWords{language: locale.English, when: "When", from: "From", with: "With", on: "%s on %s", key: "Key"}
	spanishFacts = factWords{language: locale.Spanish, when: "Cuándo", from: "Desde", with: "Con", on: "%s en %s", key: "Clave"}
)

// describe returns what is known of the letter's event: the API key, the time under the
// given label (if "", the usual one), the address and the program.
func (w factWords) describe(l Letter, when string) (facts []fact) {
	if l.KeyName != "" {
		facts = append(facts, fact{w.key, l.KeyName})
	}
	if l.Event == nil { // a mail of an earlier release
		return facts
	}
	if when == "" {
		when = w.when
	}
	facts = append(facts, fact{when, locale.FormatMoment(w.language, l.Event.local())})
	if l.Event.Address != "" {
		facts = append(facts, fact{w.from, l.Event.Address})
	}
	if name := useragent.Describe(l.Event.UserAgent, w.on); name != "" {
		facts = append(facts, fact{w.with, name})
	}
	return facts
}

// local returns the time in the reader's zone.
func (e Event) local() time.Time {
	zone, err := fiscal.LoadZone(e.Zone)
	if err != nil {
		zone = time.UTC
	}
	return e.At.In(zone)
}
