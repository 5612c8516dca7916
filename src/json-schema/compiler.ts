import Core, { type Options } from 'ajv/dist/core';
import applicator from 'ajv/dist/vocabularies/applicator';
import core from 'ajv/dist/vocabularies/core';
import { metadataVocabulary } from 'ajv/dist/vocabularies/metadata';
import dependentRequired from 'ajv/dist/vocabularies/validation/dependentRequired';
import validation from 'ajv/dist/vocabularies/validation';

/**
 * JSON Schema 2020-12 as far as our schemas use it: without the meta-schema, and without dynamic references, formats and
 * unevaluated properties, which take as long to load as the rest. In its strict mode ajv refuses a keyword that is not here.
 */
export class JsonSchemaCompiler extends Core {
  constructor(options: Options) {
    super({ ...options, meta: false });
  }

  override _addVocabularies(): void {
    super._addVocabularies();
    for (const vocabulary of [core, validation, applicator(true), metadataVocabulary, [dependentRequired]])
      this.addVocabulary(vocabulary);
  }
}
