import assert from "node:assert/strict";
import { test } from "node:test";
import { Questions, startsWord } from "../../src/heldBack";

const PATIENCE = 20;
const later = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 3 * PATIENCE));

/** A line that is typed, whose beginning was asked about, and how often what was typed behind it is offered. */
function typing(): { word: string; offered: number; editing: Parameters<ReturnType<Questions["ask"]>>[0] } {
  const state = {
    word: "",
    offered: 0,
    editing: { typed: () => state.word !== "", offer: () => void (state.offered += 1) },
  };
  return state;
}

void test("letters that are there when the empty answer goes out are offered at once, and once", async () => {
  const state = typing();
  const empty = new Questions(PATIENCE).ask();
  state.word = "num";
  empty(state.editing);
  assert.equal(state.offered, 1);
  await later();
  assert.equal(state.offered, 1);
});

void test("letters that come while the empty answer is on its way are offered a moment later", async () => {
  const state = typing();
  new Questions(PATIENCE).ask()(state.editing);
  state.word = "num";
  assert.equal(state.offered, 0);
  await later();
  assert.equal(state.offered, 1);
});

void test("what the editor has asked about by itself is not asked about again", async () => {
  const state = typing();
  const questions = new Questions(PATIENCE);
  questions.ask()(state.editing);
  state.word = "num";
  questions.ask();
  await later();
  assert.equal(state.offered, 0);
});

void test("where nothing is typed nothing is offered", async () => {
  const state = typing();
  new Questions(PATIENCE).ask()(state.editing);
  await later();
  assert.equal(state.offered, 0);
});

void test("a word that was begun is one word behind the place that was asked about", () => {
  const asked = { line: 0, character: 7 };
  assert.ok(startsWord("import num", asked, { line: 0, character: 10 }));
  assert.ok(!startsWord("import num", asked, { line: 0, character: 7 }));
  assert.ok(!startsWord("import a.b", asked, { line: 0, character: 10 }));
  assert.ok(!startsWord("import num", asked, { line: 1, character: 3 }));
});
