// A PouchDB server on loopback with its databases in FOLDER. It says its port as JSON; for each line on standard
// input it answers the bytes that its sockets have carried both ways since the last one. It ends with its input.
"use strict";

const express = require("express");
const expressPouch = require("express-pouchdb");
const PouchDB = require("pouchdb");
const durable = require("./durable");

const [folder, sync] = process.argv.slice(2);
const Served = PouchDB.defaults({ prefix: folder + "/", ...durable(sync) });
const app = express();
app.use("/", expressPouch(Served, { mode: "minimumForPouchDB", inMemoryConfig: true }));

const open = new Set();
let closed = 0;
let told = 0;
const carried = (socket) => socket.bytesRead + socket.bytesWritten;
const server = app.listen(0, "127.0.0.1", () => {
  console.log(JSON.stringify({ port: server.address().port }));
});
server.on("connection", (socket) => {
  open.add(socket);
  socket.on("close", () => {
    open.delete(socket);
    closed += carried(socket);
  });
});
process.stdin.on("data", () => {
  const all = closed + [...open].reduce((sum, socket) => sum + carried(socket), 0);
  console.log(JSON.stringify({ bytes: all - told }));
  told = all;
});
process.stdin.on("end", () => process.exit(0));
