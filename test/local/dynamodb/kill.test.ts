import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runKillRounds } from './kill-rounds';

test('a process that is killed at any moment loses nothing that it acknowledged, and does nothing by halves', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'portcullis-kill-'));
  try {
    const report = await runKillRounds(directory, 10);
    // Without these the test would have looked at nothing.
    expect(report.acknowledged).toBeGreaterThan(20);
    expect(report.unacknowledged).toBeGreaterThan(0);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}, 180_000);
