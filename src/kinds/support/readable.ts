import { faultsOf } from '../../shape';
import type { Kind } from '../kind';

/** A kind whose live objects report problems of the response that they were read from. */
export function readable<Spec extends object, Wire>(kind: Kind<Spec, Wire>): Kind<Spec, Wire> {
  return {
    ...kind,
    fromWire(wire, refs) {
      const live = kind.fromWire(wire, refs);
      const faults = faultsOf(wire) ?? live.faults;
      return faults ? { ...live, faults } : live;
    },
  };
}
