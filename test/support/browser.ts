import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  type Browser,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';

/** A page, with all that went wrong on it so far. */
export interface WatchedPage {
  page: Page;
  /** Errors and warnings of the console, errors nobody caught, and requests to other hosts; one sentence each. */
  faults: string[];
  close: () => Promise<void>;
}

/**
 * Starts a Chromium: the one that CHROMIUM_PATH names, or else the one in the package, which brings its fonts and, where
 * the machine has none, its libraries.
 */
export async function openBrowser(): Promise<Browser> {
  const own = process.env['CHROMIUM_PATH'];
  if (own !== undefined) return launch(own);
  const folder = unpacked('chromium.br', 'fonts.tar.br');
  const fonts = { FONTCONFIG_FILE: fontsIn(join(folder, 'fonts')) };
  const program = join(folder, 'chromium');
  try {
    return await launch(program, fonts);
  } catch (error) {
    if (!/error while loading shared libraries/.test(String(error)))
      throw error;
    const libraries = unpacked('al2023.tar.br');
    return await launch(program, {
      ...fonts,
      LD_LIBRARY_PATH: join(libraries, 'al2023/lib'),
    });
  }
}

/** Opens an empty page in a fresh profile, and writes down what goes wrong on it. */
export async function openPage(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({
    baseURL: origin,
    locale: 'en-GB',
    timezoneId: 'UTC',
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  // Generous: a machine may be busy with other tests.
  page.setDefaultTimeout(20_000);
  const faults: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()))
      faults.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => faults.push(`uncaught: ${error.message}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (/^https?:$/.test(url.protocol) && url.origin !== origin)
      faults.push(`a request to another host: ${url.href}`);
  });
  return { page, faults, close: () => context.close() };
}

async function launch(
  executablePath: string,
  env: Record<string, string> = {},
): Promise<Browser> {
  return chromium.launch({
    executablePath,
    env: { ...process.env, ...env },
    args: ['--no-zygote', '--disable-gpu', '--font-render-hinting=none'],
  });
}

/** The folder in which parts of the package lie unpacked. Another run may unpack them at the same moment. */
function unpacked(...parts: string[]): string {
  const home = join(dirname(require.resolve('@sparticuz/chromium')), '..');
  const { version } = JSON.parse(
    readFileSync(join(home, 'package.json'), 'utf8'),
  ) as { version: string };
  const name = `events-chromium-${version}-${process.getuid?.() ?? 0}-${parts[0]}`;
  const folder = join(tmpdir(), name);
  if (existsSync(folder)) return folder;
  const fresh = mkdtempSync(`${folder}-`);
  // The package unpacks to where its process keeps temporary files, and Jest's own `process.env` does not reach that.
  const script = `import { inflate } from '@sparticuz/chromium';
    await Promise.all(process.argv.slice(1).map(inflate));`;
  execFileSync(
    process.execPath,
    [
      '--input-type=module',
      '--eval',
      script,
      ...parts.map((part) => join(home, 'bin', part)),
    ],
    { cwd: home, env: { ...process.env, TMPDIR: fresh } },
  );
  try {
    renameSync(fresh, folder);
  } catch {
    rmSync(fresh, { recursive: true, force: true });
  }
  return folder;
}

/** Its fonts first, so that pictures are alike everywhere; what they lack is taken from the machine's. */
function fontsIn(folder: string): string {
  const path = join(folder, 'own.conf');
  writeFileSync(
    path,
    `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${folder}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${folder}/cache</cachedir>
  <alias><family>sans-serif</family><prefer><family>Open Sans</family></prefer></alias>
  <alias><family>system-ui</family><prefer><family>Open Sans</family></prefer></alias>
</fontconfig>
`,
  );
  return path;
}
