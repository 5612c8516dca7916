import { ApplyError } from '../errors';
import { addressOf, type Refs } from '../kinds/kind';

/** Names and Harbor's ids, in both directions. It learns from what is read and created. */
export interface LearningRefs extends Refs {
  /** Without an id nothing is learned: not every kind has one. */
  learn(kind: string, identity: string, id: number | undefined): void;
  /** After a deletion: a new object with the name gets another id. */
  forget(kind: string, identity: string): void;
}

/** A plain object of functions, so that a kind may spread it and override one lookup. */
export function createRefs(): LearningRefs {
  const ids = new Map<string, number>();
  const names = new Map<string, string>();
  return {
    id(kind, identity) {
      const address = addressOf(kind, identity);
      const id = ids.get(address);
      if (id === undefined) throw new ApplyError(`${address} was not found in Harbor`, address);
      return id;
    },
    name: (kind, id) => names.get(addressOf(kind, String(id))),
    learn(kind, identity, id) {
      if (id === undefined) return;
      ids.set(addressOf(kind, identity), id);
      names.set(addressOf(kind, String(id)), identity);
    },
    forget(kind, identity) {
      const address = addressOf(kind, identity);
      names.delete(addressOf(kind, String(ids.get(address))));
      ids.delete(address);
    },
  };
}
