import { explainStateLock, stackInvocations } from '../../../../src/app/up/steps';

const PRINTED = `╷
│ Error: Error acquiring the state lock
│ 
│ Error message: operation error S3: PutObject, https response error StatusCode: 412
│ Lock Info:
│   ID:        2f9a1b7e-6d0e-5a35-9d1c-3f5b4a0c9d11
│   Path:      corp-state/harbor.tfstate
│   Operation: OperationTypeApply
│   Who:       ci@runner-7
│   Version:   1.11.4
│   Created:   2026-11-28 03:14:15.123456789 +0000 UTC
│   Info:      
│ 
│ Terraform acquires a state lock to protect the state from being written
╵`.split('\n');

const invocations = (terraform: string) =>
  stackInvocations({ name: 'prod' } as Parameters<typeof stackInvocations>[0], 'harbor', false, {
    terraform,
    synth: '',
  });

it.each(['terraform', 'tofu'])('a state lock is told with its holder and the command of %s that ends it', (program) => {
  expect(explainStateLock(PRINTED, 'harbor', invocations(program))).toBe(
    'the state of harbor is locked by ci@runner-7 since 2026-11-28 03:14 UTC: wait for its end; if that run is gone: ' +
      `TF_DATA_DIR=.terraform-prod ${program} -chdir=cdktf.out/stacks/harbor force-unlock 2f9a1b7e-6d0e-5a35-9d1c-3f5b4a0c9d11`,
  );
});

it('a state lock without its data, and another error', () => {
  expect(explainStateLock(['│ Error: Error acquiring the state lock'], 'harbor', invocations('terraform'))).toBe(
    'the state of harbor is locked by another Terraform: wait for its end',
  );
  expect(explainStateLock(['Error: no such thing'], 'harbor', invocations('terraform'))).toBeUndefined();
});
