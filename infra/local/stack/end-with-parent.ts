/*
 * Loaded into the process of serverless-offline (`node --import`). That has a process group of its own, so that no signal reaches it when
 * `npm start` is killed outright: it would go on by itself, and keep the ports. Its standard input is a pipe that `npm start` holds, and
 * that ends with it.
 */
process.stdin.on('error', leave).on('close', leave).resume();

function leave(): void {
  process.exit(1);
}

export {};
