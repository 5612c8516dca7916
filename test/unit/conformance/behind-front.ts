import { Front } from '../../verdicts/front';
import { startSandboxUnderTest, type SandboxUnderTest } from './sandbox-target';

/** A sandbox, and a proxy in front of it that answers as a test wants, for a whole test file. */
export function sandboxBehindFront(): { readonly under: SandboxUnderTest; readonly front: Front } {
  let under: SandboxUnderTest;
  let front: Front;
  beforeAll(async () => {
    [under, front] = await Promise.all([startSandboxUnderTest(), Front.start()]);
    front.target = under.sandbox.url;
  });
  afterAll(() => Promise.all([front.close(), under.close()]));
  return {
    get under() {
      return under;
    },
    get front() {
      return front;
    },
  };
}
