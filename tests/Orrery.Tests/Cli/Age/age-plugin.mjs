#!/usr/bin/env node
// A plugin of age for the tests, after c2sp.org/age-plugin; what its file is called says how it behaves. It wraps a
// file key by turning its bits over, which hides nothing.
import { readSync, writeSync } from "node:fs";
import { basename } from "node:path";

const name = basename(process.argv[1]).replace("age-plugin-", "");
const machine = process.argv[2].replace("--age-plugin=", "");
const unpadded = (bytes) => Buffer.from(bytes).toString("base64").replaceAll("=", "");
const turned = (bytes) => Buffer.from(bytes).map((b) => b ^ 0xff);

function line() {
  const [one, text] = [Buffer.alloc(1), []];
  while (readSync(0, one, 0, 1) === 1) {
    if (one[0] === 10) return Buffer.from(text).toString("ascii");
    text.push(one[0]);
  }
  process.exit(0);
}

function read() {
  const [kind, ...args] = line().slice(3).split(" ");
  let body = "";
  for (let part = line(); ; part = line()) {
    body += part;
    if (part.length < 64) return { kind, args, body: Buffer.from(body, "base64") };
  }
}

function send(kind, args = [], body = "") {
  const text = unpadded(body);
  const lines = text.match(/.{1,64}/g) ?? [];
  if (lines.length === 0 || lines.at(-1).length === 64) lines.push("");
  writeSync(1, `-> ${[kind, ...args].join(" ")}\n${lines.join("\n")}\n`);
}

function ask(kind, args, body) {
  send(kind, args, body);
  return read();
}

if (name === "dies") {
  writeSync(2, "the card is missing\n");
  process.exit(3);
}

const said = [];
do said.push(read()); while (said.at(-1).kind !== "done");
if (name === "talks") {
  writeSync(1, "hello\n");
  process.exit(0);
}

if (name === "refuses") ask("error", ["internal"], "no card in the \x1b[31mreader");
if (name === "asks") {
  ask("msg", [], "insert the card");
  if (ask("unheard-of", []).kind !== "unsupported") process.exit(4);
  const pin = ask("request-secret", [], "PIN?");
  if (pin.kind !== "ok" || pin.body.toString() !== "1234") ask("error", ["internal"], "wrong PIN");
  const choice = ask("confirm", [unpadded("go on"), unpadded("stop")], "touch it?");
  if (choice.args[0] !== "yes") ask("error", ["internal"], "stopped");
}

if (machine === "recipient-v1") {
  const keys = said.filter((s) => s.kind.startsWith("add-"));
  const fileKey = said.find((s) => s.kind === "wrap-file-key").body;
  for (const key of keys) ask("recipient-stanza", ["0", `test-${name}`, String(key.args.length)], turned(fileKey));
  if (name === "quantum") ask("labels", ["postquantum"]);
} else {
  const mine = said.find((s) => s.kind === "recipient-stanza" && s.args[1] === `test-${name}`);
  if (mine) ask("file-key", ["0"], turned(mine.body));
}

send("done");
