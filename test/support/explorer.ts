import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { openBrowser, openPage, type WatchedPage } from './browser.ts';
import { startService, type TestService } from './service.ts';

/** The service with the built explorer, listening, and a browser to look at it. */
export interface TestExplorer {
  service: TestService;
  browser: Browser;
  /** `http://127.0.0.1:…` */
  origin: string;
  /** Opens an address of the page in a fresh profile. */
  open(path: string, options?: BrowserContextOptions): Promise<WatchedPage>;
  stop(): Promise<void>;
}

/** Builds the page, starts the service on a database of its own, and a Chromium. */
export async function startExplorer(): Promise<TestExplorer> {
  const folder = mkdtempSync(join(tmpdir(), 'events-explorer-'));
  execFileSync(process.execPath, ['src/web/build.mjs', folder]);
  const [service, browser] = await Promise.all([
    startService({ explorer: folder }),
    openBrowser(),
  ]);
  const origin = await service.app.listen({ host: '127.0.0.1', port: 0 });
  return {
    service,
    browser,
    origin,
    async open(path, options) {
      const watched = await openPage(browser, origin, options);
      await watched.page.goto(path);
      return watched;
    },
    async stop() {
      await browser.close();
      await service.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
