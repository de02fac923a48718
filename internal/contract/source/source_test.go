package source

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func parse(t *testing.T, text string) Document {
	t.Helper()
	d, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestParseRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"": "wants one object", "- a": "wants one object", "a": "wants one object", "a: [": "did not find expected",
	} {
		if _, err := Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Parse(%q) = %v, want %s", text, err, want)
		}
	}
}

func TestNodes(t *testing.T) {
	d := parse(t, `
zeta: {a: 1}
alpha:
  - {$ref: "#/zeta"}
  - b
link: {$ref: "#/zeta/a"}
broken: {$ref: "#/nowhere"}
`)
	if diff := cmp.Diff([]string{"zeta", "alpha", "link", "broken"}, d.Root.Keys()); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
	if got := d.At("link"); got == nil || got.Value != "1" {
		t.Errorf("At(link) = %v, want what it refers to", got)
	}
	if got := d.At("zeta", "a"); got == nil || got.Value != "1" || got.Line != 2 {
		t.Errorf("At(zeta, a) = %v, want the 1 of line 2", got)
	}
	for _, path := range [][]string{{"nothing"}, {"zeta", "b"}, {"zeta", "a", "c"}, {"broken"}, {"alpha", "0"}} {
		if got := d.At(path...); got != nil {
			t.Errorf("At(%v) = %v, want nil", path, got)
		}
	}
	items := slices.Collect(d.Root.Get("alpha").Items())
	if len(items) != 2 || d.Follow(items[0]).Get("a") == nil || d.Follow(items[1]).Value != "b" {
		t.Errorf("the items are %v", items)
	}
	if key, value := d.Root.Find("zeta"); key.Line != 2 || !value.IsFlow() || d.Root.Get("alpha").IsFlow() {
		t.Errorf("zeta is on line %d, and in flow style: %t", key.Line, value.IsFlow())
	}
	if none := d.Root.Get("nothing"); none.Get("a") != nil || none.Keys() != nil || slices.Collect(none.Items()) != nil {
		t.Error("what is not there has something in it")
	}
}

func TestJSON(t *testing.T) {
	d := parse(t, `
zeta: {200: 1.50, "404": 1e3, no: "1.50"}
alpha: [true, null, 2024-03-04, "<&>", 0x10, .5]
text: |
  Ñ "quoted"
`)
	got, err := d.Root.JSON()
	const want = `{"zeta":{"200":1.50,"404":1e3,"no":"1.50"},"alpha":[true,null,"2024-03-04","<&>",16,0.5],"text":"Ñ \"quoted\"\n"}`
	if err != nil || string(got) != want {
		t.Errorf("JSON() = %s, %v, want\n%s", got, err, want)
	}
	if _, err := parse(t, "a: &x 1\nb: *x\n").Root.JSON(); err == nil || !strings.Contains(err.Error(), "aliases") {
		t.Errorf("an alias: %v", err)
	}
}

// TestOrderedJSON finds schemas wherever a contract may have them, and nothing else.
func TestOrderedJSON(t *testing.T) {
	d := parse(t, `
paths:
  /a:
    parameters: [{schema: {properties: {b: {}, a: {}}}}]
    get:
      x-made-up: {properties: {b: {}, a: {}}}
      parameters: [{content: {text: {schema: {properties: {a: {}}}}}, example: {properties: {a: {}}}}]
      requestBody: {content: {json: {schema: {properties: {z: {$ref: "#/a"}, a: {properties: {y: {}, properties: {}}}}}}}}
      responses:
        200: {headers: {One: {schema: {properties: {a: {}}}}}, content: {json: {examples: {properties: {a: {}}}, schema: {items: {properties: {a: {}}}}}}}
components:
  schemas:
    properties: {allOf: [{properties: {a: {}}}, {not: {properties: {a: {}}}}]}
    schema: {anyOf: [{oneOf: [{properties: {a: {}}}]}], additionalProperties: {properties: {a: {}}}, example: {properties: {a: {}}}}
    closed: {additionalProperties: false, default: {properties: {a: {}}}}
  parameters: {one: {schema: {properties: {a: {}}}}}
  headers: {one: {schema: {properties: {a: {}}}}}
  responses: {one: {content: {json: {schema: {properties: {a: {}}}}}}}
  requestBodies: {one: {content: {json: {schema: {properties: {a: {}}}}}}}
  examples: {one: {value: {schema: {properties: {a: {}}}}}}
`)
	got, err := d.OrderedJSON()
	if err != nil {
		t.Fatal(err)
	}
	want := strings.NewReplacer("\n", "", "1:", `"x-order":1`, "2:", `"x-order":2`).Replace(`{"paths":{"/a":{
"parameters":[{"schema":{"properties":{"b":{1:},"a":{2:}}}}],"get":{
"x-made-up":{"properties":{"b":{},"a":{}}},
"parameters":[{"content":{"text":{"schema":{"properties":{"a":{1:}}}}},"example":{"properties":{"a":{}}}}],
"requestBody":{"content":{"json":{"schema":{"properties":{"z":{"$ref":"#/a",1:},"a":{"properties":{"y":{1:},"properties":{2:}},2:}}}}}},
"responses":{"200":{"headers":{"One":{"schema":{"properties":{"a":{1:}}}}},"content":{"json":{"examples":{"properties":{"a":{}}},"schema":{"items":{"properties":{"a":{1:}}}}}}}}}}},
"components":{
"schemas":{"properties":{"allOf":[{"properties":{"a":{1:}}},{"not":{"properties":{"a":{1:}}}}]},
"schema":{"anyOf":[{"oneOf":[{"properties":{"a":{1:}}}]}],"additionalProperties":{"properties":{"a":{1:}}},"example":{"properties":{"a":{}}}},
"closed":{"additionalProperties":false,"default":{"properties":{"a":{}}}}},
"parameters":{"one":{"schema":{"properties":{"a":{1:}}}}},
"headers":{"one":{"schema":{"properties":{"a":{1:}}}}},
"responses":{"one":{"content":{"json":{"schema":{"properties":{"a":{1:}}}}}}},
"requestBodies":{"one":{"content":{"json":{"schema":{"properties":{"a":{1:}}}}}}},
"examples":{"one":{"value":{"schema":{"properties":{"a":{}}}}}}}}`)
	if diff := cmp.Diff(indented(t, []byte(want)), indented(t, got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func indented(t *testing.T, raw []byte) string {
	t.Helper()
	var value any
	if err := json.Unmarshal(raw, &value); err != nil {
		t.Fatalf("%v: %s", err, raw)
	}
	out, err := json.MarshalIndent(value, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestOrderedJSONRefuses(t *testing.T) {
	d := parse(t, `
components:
  schemas:
    A: {properties: {a: {}, b: {type: string, x-order: 2}}}
    B:
      properties:
        c: text
`)
	const want = "line 4: b: has x-order; the order of properties is that of their lines\nline 7: c: wants a schema"
	if _, err := d.OrderedJSON(); err == nil || err.Error() != want {
		t.Errorf("the error is %v, want\n%s", err, want)
	}
}

// TestContractHasNoOrder: Alta's contract leaves the order of properties to their lines.
func TestContractHasNoOrder(t *testing.T) {
	text, err := os.ReadFile("../../../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := parse(t, string(text)).OrderedJSON()
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(raw), `"x-order":`); n < 400 {
		t.Errorf("%d properties are numbered, want all", n)
	}
}
