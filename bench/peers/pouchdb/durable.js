// PouchDB writes to LevelDB without waiting for the disk. With 'sync' every batch waits for it, as our commits do.
"use strict";

const leveldown = require("leveldown");

module.exports = function durable(sync) {
  if (sync !== "sync") return {};
  const waiting = (location) => {
    const db = leveldown(location);
    for (const name of ["_put", "_del", "_batch"]) {
      const plain = db[name];
      db[name] = function (...given) {
        const at = given.length - 2; // options, then the callback
        given[at] = { ...given[at], sync: true };
        return plain.apply(this, given);
      };
    }
    return db;
  };
  return { db: Object.assign(waiting, { destroy: leveldown.destroy, repair: leveldown.repair }) };
};
