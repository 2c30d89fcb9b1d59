// Reads a request as JSON from standard input and writes its result as base64:
// {"do": "encrypt"|"decrypt", "recipients": [], "identities": [], "passphrase": "", "armor": false, "data": "base64"}
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

// The package stands where CI installed it, not beside this file.
const require = createRequire(pathToFileURL(process.argv[2] + "/"));
const { Decrypter, Encrypter, armor } = await import(pathToFileURL(require.resolve("age-encryption")).href);

const request = JSON.parse(readFileSync(0, "utf8"));
const data = Buffer.from(request.data, "base64");

async function encrypt() {
  const encrypter = new Encrypter();
  for (const recipient of request.recipients) encrypter.addRecipient(recipient);
  if (request.passphrase) {
    encrypter.setPassphrase(request.passphrase);
    encrypter.setScryptWorkFactor(10);
  }
  const file = await encrypter.encrypt(data);
  return request.armor ? Buffer.from(armor.encode(file)) : file;
}

async function decrypt() {
  const decrypter = new Decrypter();
  for (const identity of request.identities) decrypter.addIdentity(identity);
  if (request.passphrase) decrypter.addPassphrase(request.passphrase);
  const file = request.armor ? armor.decode(data.toString("ascii")) : data;
  return decrypter.decrypt(file);
}

const result = await (request.do === "encrypt" ? encrypt() : decrypt());
process.stdout.write(Buffer.from(result).toString("base64"));
