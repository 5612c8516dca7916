import type { Declaration, DeclaredObject } from '../declaration/declaration';
import { BreakwaterError } from '../errors';
import type { HarborClient } from '../harbor/client';
import type { AnyKind, Live, ProofContext, SecretProof } from '../kinds/kind';
import { mergeOver, valueAt } from '../plan/diff';
import { isStopped, textOf } from './failure';

/** `current` must be from the same run: a secret is tested against the object as it is now. */
export interface ProveOptions {
  readonly client: Pick<HarborClient, 'accepts'> & ProofContext['client'];
  readonly kinds: readonly AnyKind[];
  readonly declaration: Declaration;
  readonly current: ReadonlyMap<string, readonly Live<object>[]>;
  /** Resolves a secret on demand. @throws SecretError */
  readonly secret: ProofContext['secret'];
  readonly nowMs: number;
  /** Also secrets for which Harbor logs in to another system, one to three requests each. */
  readonly onRequest: boolean;
  /** Rewritten anyway, so not tested. */
  readonly rotate?: readonly string[];
}

interface Question {
  readonly kind: AnyKind;
  readonly object: DeclaredObject;
  readonly live: Live<object>;
}

/**
 * Tests every declared secret that can be tested: one request for a robot or a webhook, one to three for a registry, each
 * of which makes Harbor contact the upstream. Nothing is changed. A test that is not possible (no permission, no secret
 * here, upstream down) is `unverifiable`, never a reason to write.
 */
export async function proveSecrets(options: ProveOptions): Promise<ReadonlyMap<string, SecretProof>> {
  const { client, secret, nowMs } = options;
  const context: ProofContext = { client, secret, nowMs, accepts: (name, value) => client.accepts(name, value) };
  const answers = await Promise.all(
    questions(options).map(async (question): Promise<[string, SecretProof]> => [
      question.object.address,
      await prove(question, context),
    ]),
  );
  return new Map(answers);
}

/** Only for objects that exist: a secret of a new one is written in any case. */
function questions({ kinds, declaration, current, onRequest, rotate = [] }: ProveOptions): Question[] {
  return kinds
    .filter((kind) => kind.proveSecret !== undefined)
    .flatMap((kind) => {
      const found = new Map((current.get(kind.name) ?? []).map((live) => [live.identity, live]));
      return declaration.objects.flatMap((object) => {
        const live = object.kind === kind.name ? found.get(object.identity) : undefined;
        const asked = live && !rotate.includes(object.address) && declaresProvable(object.spec, kind, onRequest);
        return asked ? [{ kind, object, live }] : [];
      });
    });
}

function declaresProvable(spec: object, { writeOnly }: AnyKind, onRequest: boolean): boolean {
  const asked = writeOnly.filter(({ provable }) => provable === 'always' || (onRequest && provable === 'on-request'));
  return asked.some(({ field }) => valueAt(spec, field) !== undefined);
}

/** An error of Harbor proves nothing, in either direction. Only a stopped run is thrown. */
async function prove({ kind, object, live }: Question, context: ProofContext): Promise<SecretProof> {
  try {
    const merged: unknown = kind.normalise(mergeOver(live.spec, object.spec, kind));
    return await kind.proveSecret!(context, live, merged);
  } catch (error) {
    if (!(error instanceof BreakwaterError) || isStopped(error)) throw error;
    return { outcome: 'unverifiable', reason: textOf(error) };
  }
}
