// The workspace's database as its owner sees it: for what no client of the API could write.

import pg from "pg";
import { stack } from "./stack.mjs";

/** Runs `work` with a connection of the owner's, and closes it. */
export async function asOwner(work) {
  const client = new pg.Client({ connectionString: stack.database_url_owner });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
