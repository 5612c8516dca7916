import { TerraformDataSource, TerraformProvider, TerraformResource, type TerraformStack } from 'cdktf';
import type { DataSpec, PropertyValue, ProviderSpec, ResourceSpec } from '../src/deployment';
import { literal } from './escape';

/** The class is abstract in cdktf, although it is complete. */
class Provider extends TerraformProvider {}

/**
 * A provider and resources with cdktf's core constructs only: the bindings of one cloud have up to 390 MB, those of
 * Docker are archived, and three of the four supported clouds have none (docs/harbor-behavior.md 11.10).
 */
export function addProvider(stack: TerraformStack, { name, source, version, properties }: ProviderSpec): void {
  const provider = new Provider(stack, `provider-${name}`, {
    terraformResourceType: name,
    terraformProviderSource: source,
    terraformGeneratorMetadata: { providerName: name, providerVersion: version },
  });
  stack.addOverride(`terraform.required_providers.${name}.version`, version);
  for (const [key, value] of Object.entries(properties)) provider.addOverride(key, inTerraform(value));
}

export function addResource(stack: TerraformStack, spec: ResourceSpec): void {
  const { type, name, properties, preventDestroy, ignoreChanges, dependsOn = [] } = spec;
  const resource = new TerraformResource(stack, `${type}-${name}`, {
    terraformResourceType: type,
    ...((preventDestroy || ignoreChanges) && {
      lifecycle: {
        ...(preventDestroy && { preventDestroy }),
        ...(ignoreChanges && { ignoreChanges: [...ignoreChanges] }),
      },
    }),
  });
  resource.overrideLogicalId(name);
  for (const [key, value] of Object.entries(properties)) resource.addOverride(key, inTerraform(value));
  if (dependsOn.length > 0) resource.addOverride('depends_on', [...dependsOn]);
}

export function addData(stack: TerraformStack, { type, name, properties }: DataSpec): void {
  const data = new TerraformDataSource(stack, `data-${type}-${name}`, { terraformResourceType: type });
  data.overrideLogicalId(name);
  for (const [key, value] of Object.entries(properties)) data.addOverride(key, inTerraform(value));
}

/** Literal, except references, which Terraform resolves. */
export function inTerraform(value: PropertyValue): unknown {
  if (Array.isArray(value)) return value.map((item: PropertyValue) => inTerraform(item));
  if (typeof value !== 'object') return literal(value);
  if (typeof (value as { ref?: unknown }).ref === 'string') return `\${${(value as { ref: string }).ref}}`;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [literal(key), inTerraform(inner as PropertyValue)]),
  );
}
