'use strict';

/** One of each (docs/decisions/0014): our own lint rules, as selectors with messages. */
const ONE_OF_EACH = {
  "SpreadElement > ConditionalExpression[test.type='BinaryExpression'][test.right.name='undefined']:matches([consequent.type='ObjectExpression'][consequent.properties.length=0], [alternate.type='ObjectExpression'][alternate.properties.length=0])":
    'write fields that may be absent with compact()',
  "FunctionDeclaration[id.name='isRecord']": 'isRecord() of json.ts is the only one',
  "ConditionalExpression[test.type='BinaryExpression'][test.operator=/^[<>]$/][consequent.operator='-'][consequent.argument.value=1][alternate.type=/^(Conditional|Unary)Expression$|^Literal$/]":
    'compare texts with compareText()',
  'CallExpression[callee.property.name=/^replace(All)?$/][arguments.1.value="\'\'"]':
    'the yaml package quotes: build a Document, or use stringify()',
};

const create = (context) =>
  Object.fromEntries(
    Object.entries(ONE_OF_EACH).map(([selector, message]) => [selector, (node) => context.report({ node, message })]),
  );

module.exports = { meta: { name: 'house' }, rules: { 'one-of-each': { create } } };
