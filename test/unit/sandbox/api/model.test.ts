import { bindBody, model } from '../../../../src/sandbox/api/model';

const Thing = model('Thing', {
  name: { text: 'string', maxLength: 5 },
  size: 'int64',
  on: 'bool',
  extra: 'any',
  part: model('Part', { label: 'string' }),
  parts: { list: model('Part', { label: 'string' }) },
  limits: { map: 'int64' },
});

describe('bindBody', () => {
  it('drops what it does not know, and nulls', () => {
    expect(bindBody('thing', Thing, '{"name":"a","other":1,"size":null,"part":{"label":"x","y":2}}')).toEqual({
      name: 'a',
      part: { label: 'x' },
    });
  });

  it.each([
    ['{"name":', 'unexpected EOF'],
    ['[]', 'json: cannot unmarshal array into Go value of type models.Thing'],
    ['"x"', 'json: cannot unmarshal string into Go value of type models.Thing'],
    ['{"name":5}', 'json: cannot unmarshal number into Go struct field Thing.name of type string'],
    ['{"size":"5"}', 'json: cannot unmarshal string into Go struct field Thing.size of type int64'],
    ['{"size":1.5}', 'json: cannot unmarshal number 1.5 into Go struct field Thing.size of type int64'],
    ['{"on":"yes"}', 'json: cannot unmarshal string into Go struct field Thing.on of type bool'],
    ['{"part":{"label":true}}', 'json: cannot unmarshal bool into Go struct field Thing.part.label of type string'],
    ['{"part":[]}', 'json: cannot unmarshal array into Go struct field Thing.part of type models.Part'],
    ['{"parts":{}}', 'json: cannot unmarshal object into Go struct field Thing.parts of type []*models.Part'],
    ['{"limits":[]}', 'json: cannot unmarshal array into Go struct field Thing.limits of type map[string]int64'],
  ])('refuses %s as Go would', (text, reason) => {
    expect(() => bindBody('thing', Thing, text)).toThrow(
      `validation failure list:\nparsing thing body from "" failed, because ${reason}`,
    );
  });

  it("heads the model's own findings twice", () => {
    expect(() => bindBody('thing', Thing, '{"name":"abcdef"}')).toThrow(
      'validation failure list:\nvalidation failure list:\nname in body should be at most 5 chars long',
    );
  });
});
