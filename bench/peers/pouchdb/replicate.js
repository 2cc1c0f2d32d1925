// node replicate.js FOLDER [COUNT] [SIZE] [BATCH] [sync]
// Fills a PouchDB with COUNT documents of SIZE bytes, replicates it to a server in a process of its own (push) and
// from there into a third, empty database (pull). Prints {"push": {seconds, bytes}, "pull": {seconds, bytes}, ...}.
"use strict";

const { spawn } = require("node:child_process");
const crypto = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");
const readline = require("node:readline");
const PouchDB = require("pouchdb");
const durable = require("./durable");

const [where, count = "10000", size = "478", batch = "100", sync = ""] = process.argv.slice(2);
const folder = path.resolve(where);

// Bytes as sealed ones are: nothing in them repeats, so that compression finds no more than base64's quarter.
function documents(n, length) {
  const stream = crypto.createCipheriv("aes-128-ctr", Buffer.alloc(16, 7), Buffer.alloc(16));
  const zeros = Buffer.alloc(length);
  return Array.from({ length: n }, (_, i) => {
    const doc = { _id: i.toString(16).padStart(32, "0"), sealed: "" };
    const room = length - JSON.stringify(doc).length;
    doc.sealed = stream.update(zeros).toString("base64").slice(0, room);
    if (JSON.stringify(doc).length !== length) throw new Error("a document has the wrong size");
    return doc;
  });
}

async function main() {
  for (const name of ["server", "client"]) fs.mkdirSync(path.join(folder, name), { recursive: true });
  const child = spawn(process.execPath, [path.join(__dirname, "server.js"), path.join(folder, "server"), sync], {
    cwd: folder,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error("the server ended");
    return JSON.parse(value);
  };
  const { port } = await next();
  const carried = async () => {
    child.stdin.write("\n");
    return (await next()).bytes;
  };
  const there = new PouchDB(`http://127.0.0.1:${port}/bench`);
  const open = (name) => new PouchDB(path.join(folder, "client", name), durable(sync));
  const from = open("from");
  const wanted = documents(Number(count), Number(size));
  for (let at = 0; at < wanted.length; at += 1000) await from.bulkDocs(wanted.slice(at, at + 1000));
  await there.info(); // the database is there before the clock runs, as ours is
  const options = { batch_size: Number(batch) };

  async function timed(replicate, target) {
    await carried();
    const start = process.hrtime.bigint();
    const done = await replicate();
    const seconds = Number(process.hrtime.bigint() - start) / 1e9;
    const found = (await target.info()).doc_count;
    if (!done.ok || found !== wanted.length) throw new Error(`${found} of ${wanted.length} documents arrived`);
    return { seconds, bytes: await carried() };
  }
  const push = await timed(() => from.replicate.to(there, options), there);
  const to = open("to");
  await to.info();
  const pull = await timed(() => to.replicate.from(there, options), to);
  const last = wanted[wanted.length - 1];
  if ((await to.get(last._id)).sealed !== last.sealed) throw new Error("what arrived is not what was sent");
  console.log(JSON.stringify({
    push, pull, documents: wanted.length, size: Number(size), batch_size: Number(batch), sync: sync === "sync",
    pouchdb: require("pouchdb/package.json").version,
    server: "express-pouchdb " + require("express-pouchdb/package.json").version, node: process.version,
  }));
  child.stdin.end();
  process.exit(0);
}

main().catch((why) => {
  console.error(why);
  process.exit(1);
});
