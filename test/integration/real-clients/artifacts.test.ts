import { execFileSync } from 'node:child_process';
import type { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chart } from '../../../src/upstream/artifacts';
import { certified } from '../../support/notation-envelope';
import { makeKeys, publishSigned, signedImage, type SignedImage } from '../../support/signed-image';
import { openStage, type Stage } from '../../unit/conformance/scenarios/stage';
import { run } from './run';

let stage: Stage;
let folder: string;
let signed: SignedImage;
const keys = makeKeys();

/** Behind a Harbor that passes referrers on, a chart and a signed image. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'breakwater-artifacts-'));
  stage = await openStage({ version: 'v2.16.0', metadata: { proxy_referrer_api: 'true' } });
  signed = signedImage('signed', keys);
  publishSigned(stage.upstream, 'library/signed', '1', signed);
  stage.upstream.put('library/tagged', '1', signed.image);
  stage.upstream.put('library/tagged', `${signed.image.digest.replace(':', '-')}.sig`, signed.cosign);
  stage.upstream.put('charts/tiny', '0.1.0', chart());
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await stage.close();
});

const host = (url: string): string => new URL(url).host;
const cached = (name: string): string => `${host(stage.sandbox.url)}/proxy/${name}`;

/** Skipped where the program is missing, and a line says so. */
function withProgram(name: string, what: string, test: () => Promise<void>): void {
  const isThere = succeeds('sh', '-c', `command -v ${name}`);
  if (!isThere) process.stderr.write(`skipped: ${name} ${what}: ${name} is not installed\n`);
  (isThere ? it : it.skip)(`${name} ${what}${isThere ? '' : ` (${name} is not installed)`}`, test, 120_000);
}

function succeeds(file: string, ...args: string[]): boolean {
  try {
    execFileSync(file, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

withProgram('helm', 'pulls a chart through the cache, as it does from the upstream', async () => {
  for (const from of [`${host(stage.upstream.url)}/charts/tiny`, cached('charts/tiny')]) {
    await run('helm', 'pull', `oci://${from}`, '--version', '0.1.0', '--plain-http', '--destination', folder);
    const archive = join(folder, 'tiny-0.1.0.tgz');
    expect(existsSync(archive)).toBe(true);
    expect(await run('helm', 'show', 'chart', archive)).toContain('name: tiny');
    rmSync(archive);
  }
});

describe('signatures', () => {
  const verify = async (reference: string, key: ReturnType<typeof makeKeys>): Promise<string> => {
    const file = join(folder, 'cosign.pub');
    // Of a key of one's own, neither a log nor an authority is asked.
    const root = join(folder, 'trusted_root.json');
    writeFileSync(root, '{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}');
    writeFileSync(file, key.publicKey.export({ type: 'spki', format: 'pem' }));
    const trust = ['--key', file, '--insecure-ignore-tlog=true', '--trusted-root', root];
    return run('cosign', 'verify', ...trust, '--allow-http-registry', reference);
  };

  withProgram('cosign', 'verifies through the cache what it verifies upstream', async () => {
    for (const name of ['library/tagged:1', 'library/signed:1']) {
      for (const reference of [`${host(stage.upstream.url)}/${name}`, cached(name)])
        expect(await verify(reference, keys)).toContain(signed.image.digest);
      await expect(verify(cached(name), makeKeys())).rejects.toThrow();
    }
  });

  withProgram('notation', 'lists and verifies through the cache what it does upstream', async () => {
    const trust = trustIn(folder, signed.signer.chain.at(-1)!);
    for (const name of [`${host(stage.upstream.url)}/library/signed`, cached('library/signed')]) {
      expect(await run('notation', 'list', '--insecure-registry', `${name}:1`)).toContain(signed.notation.digest);
      const verified = await notationVerify(trust, `${name}@${signed.image.digest}`);
      expect(verified).toContain('Successfully verified');
    }
    const other = trustIn(join(folder, 'other'), certified(makeKeys()).chain.at(-1)!);
    await expect(notationVerify(other, `${cached('library/signed')}@${signed.image.digest}`)).rejects.toThrow();
  });
});

/** A configuration of notation that trusts one root, for signatures of every repository. */
function trustIn(home: string, root: X509Certificate): string {
  const store = join(home, 'notation', 'truststore', 'x509', 'ca', 'breakwater');
  mkdirSync(store, { recursive: true });
  writeFileSync(join(store, 'root.pem'), root.toString());
  const policy = {
    name: 'breakwater',
    registryScopes: ['*'],
    signatureVerification: { level: 'strict' },
    trustStores: ['ca:breakwater'],
    trustedIdentities: ['*'],
  };
  const document = { version: '1.0', trustPolicies: [policy] };
  writeFileSync(join(home, 'notation', 'trustpolicy.json'), JSON.stringify(document), { mode: 0o600 });
  return home;
}

function notationVerify(home: string, reference: string): Promise<string> {
  return run('env', `XDG_CONFIG_HOME=${home}`, 'notation', 'verify', '--insecure-registry', reference);
}
