import Core, { type Options } from 'ajv/dist/core';
import applicator from 'ajv/dist/vocabularies/applicator';
import core from 'ajv/dist/vocabularies/core';
import { metadataVocabulary } from 'ajv/dist/vocabularies/metadata';
import dependentRequired from 'ajv/dist/vocabularies/validation/dependentRequired';
import validation from 'ajv/dist/vocabularies/validation';

/**
 * The part of JSON Schema 2020-12 that our schemas use: without the meta-schema, dynamic references, formats and
 * unevaluated properties, which take as long to load as the rest. In strict mode ajv refuses keywords that are missing
 * here.
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
