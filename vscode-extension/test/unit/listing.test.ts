import assert from "node:assert/strict";
import test from "node:test";
import { comparedWith, shownState } from "../../src/listing";

const SEEN = { interpreter: "/env/bin/python", how: "`.venv` beside the notebook" };
const UNSEEN = { interpreter: "", how: "" };

void test("nothing is called missing that nobody has looked for", () => {
  assert.equal(shownState("missing", SEEN), "missing");
  assert.equal(shownState("missing", UNSEEN), "not declared");
  assert.equal(shownState("undeclared", SEEN), "not declared");
  assert.equal(shownState("ok", SEEN), "ok");
});

void test("a row tells with which Python it was compared, or that there is none", () => {
  assert.equal(comparedWith(SEEN), "compared with /env/bin/python (.venv beside the notebook)");
  assert.match(comparedWith(UNSEEN), /no Python is known/);
});
