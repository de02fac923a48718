package main

import (
	"fmt"
	"strconv"
	"strings"

	"example.com/alta/internal/contract/source"
)

// operation is what the rule needs to know about an operation, and the problems found in it.
type operation struct {
	doc   *document
	path  string
	key   *source.Node // its method
	value *source.Node

	name  string // as messages have it: POST /api/accounts (createAccount)
	reads bool   // changes nothing

	deletes bool // what its path names

	secured       bool // needs a credential
	takesSessions bool
	takesKeys     bool
	hasRole       bool // needs a role
	limited       bool // has a rate class
	billed        bool // charges API keys
	hasBody       bool
	idempotent    bool // takes an Idempotency-Key
	conditional   bool // takes an If-Match
	hasInput      bool // a body or parameters

	problems []error
}

// readOperation reads the operation under key. shared has the parameters of its path, or is nil.
func readOperation(d *document, path string, key, value, shared *source.Node) *operation {
	o := &operation{
		doc: d, path: path, key: key, value: value,
		name: fmt.Sprintf("%s %s (%s)", strings.ToUpper(key.Value), path, text(value, "operationId")),
	}
	o.reads, o.deletes = key.Value == "get", key.Value == "delete"
	o.limited, o.hasBody, o.hasRole = has(value, "x-rate-class"), has(value, "requestBody"), has(value, "x-role")
	o.readCallers()
	o.hasInput = o.hasBody
	for _, list := range []*source.Node{shared, value.Get("parameters")} {
		for parameter := range list.Items() {
			parameter = d.Follow(parameter)
			o.hasInput = true
			isHeader := func(name string) bool { return text(parameter, "in") == "header" && text(parameter, "name") == name }
			o.idempotent = o.idempotent || isHeader("Idempotency-Key")
			o.conditional = o.conditional || isHeader("If-Match")
		}
	}
	return o
}

// readCallers reads who may call, and what a call by API key costs.
func (o *operation) readCallers() {
	security := o.value.Get("security")
	if security == nil {
		o.refuse(o.key, "security is missing; write [] if anyone may call")
		return
	}
	o.secured = len(security.Content) > 0
	for requirement := range security.Items() {
		o.takesSessions = o.takesSessions || has(requirement, "bearerAuth")
		o.takesKeys = o.takesKeys || has(requirement, "apiKey")
	}
	priceKey, _ := o.value.Find("x-token-cost")
	if priceKey == nil {
		o.refuse(o.key, "x-token-cost is missing; write 0 if a call by API key is free")
		return
	}
	price, err := strconv.Atoi(text(o.value, "x-token-cost"))
	switch {
	case err != nil:
		o.refuse(priceKey, "x-token-cost: wants a number of tokens")
	case price > 0 && !o.takesKeys:
		o.refuse(priceKey, "x-token-cost: calls cost tokens, but security has no apiKey to take them from")
	}
	o.billed = price > 0 && o.takesKeys
}

// refuse adds a problem at a node.
func (o *operation) refuse(at *source.Node, format string, values ...any) {
	problem := fmt.Errorf(format, values...)
	o.problems = append(o.problems, fmt.Errorf("line %d: %s: %w", at.Line, o.name, problem))
}

// isTagged reports whether the response's JSON has a schema that is marked with x-tagged.
func (o *operation) isTagged(response *source.Node) bool {
	schema := o.doc.Follow(response).Get("content").Get("application/json").Get("schema")
	return schema != nil && text(o.doc.Follow(schema), "x-tagged") == "true"
}

// component returns the name of the standard response at the operation's door.
func (o *operation) component(s standard) string {
	if strings.HasPrefix(o.path, "/api/v1/") {
		return s.name
	}
	return "App" + s.name
}

// check refuses responses that contradict the rest of the operation.
func (o *operation) check(responses []entry) {
	succeeds, explains := false, false
	for _, e := range responses {
		status, err := strconv.Atoi(e.key.Value)
		if err != nil || status < 200 || status > 599 {
			o.refuse(e.key, "response %s: wants a status, such as \"200\"", e.key.Value)
			continue
		}
		succeeds, explains = succeeds || isSuccess(status), explains || status == 400
		o.checkResponse(status, e)
	}
	if !succeeds {
		o.refuse(o.key, "has no success response")
	}
	if o.hasInput && !explains {
		o.refuse(o.key, "takes input but has no response 400")
	}
}

func (o *operation) checkResponse(status int, e entry) {
	value, ref := o.doc.Follow(e.value), refOf(e.value)
	switch {
	case value == nil:
		o.refuse(e.key, "response %d: refers to %s, which does not exist", status, ref)
	case text(value, "description") == "":
		o.refuse(e.key, "response %d: has no description", status)
	case ref != "":
		o.checkHeaders(status, e)
	}
	for _, s := range standards {
		isStandard := s.isAt(e)
		switch {
		case s.status != status && isStandard:
			o.refuse(e.key, "response %d: refers to %s, which is a response %d", status, ref, s.status)
		case s.status == status && s.needs != "" && !s.applies(o) && !isStandard:
			o.refuse(e.key, "response %d: only an operation with %s responds with it", status, s.needs)
		}
	}
}

// checkHeaders refuses a reference to a response that lacks a derived header.
func (o *operation) checkHeaders(status int, e entry) {
	headers := o.doc.Follow(e.value).Get("headers")
	for _, h := range o.wantedHeaders(status, e) {
		if !has(headers, h.name) {
			o.refuse(e.key, "response %d: refers to %s, which has no header %s", status, refOf(e.value), h.name)
		}
	}
}
