import { toSerialGroups } from '../../../../src/conformance/run/serial-groups';
import type { ProjectTarget, UpstreamControl } from '../../../../src/conformance/model/target';

const CANARY = { id: 'canary' } as UpstreamControl;

function project(name: string, url: string, upstream?: UpstreamControl): ProjectTarget {
  const images = { public: true, proxy: true, images: [], platforms: [] };
  return { name, ...images, origin: { url }, ...(upstream && { upstream }) };
}

function namesIn(projects: readonly ProjectTarget[]): string[][] {
  return toSerialGroups(projects).map((group) => group.map(({ name }) => name));
}

describe('groups', () => {
  it('are separate for each project of uncontrolled upstreams, even if they share them', () => {
    expect(namesIn([project('a', 'https://quay.io'), project('b', 'https://quay.io')])).toEqual([['a'], ['b']]);
  });

  it('are one for all projects of a canary, also for those that do not command it', () => {
    const projects = [
      project('bystander', 'https://canary:5000'),
      project('quay', 'https://quay.io'),
      project('first', 'https://canary:5000', CANARY),
      project('second', 'https://canary:5000', CANARY),
    ];
    expect(namesIn(projects)).toEqual([['bystander', 'first', 'second'], ['quay']]);
  });
});
