/** A value that only Terraform knows: `${type.name.attribute}`. */
export interface Reference {
  readonly ref: string;
}

/** What Terraform's JSON can express, and references. */
export type PropertyValue =
  | string
  | number
  | boolean
  | Reference
  | readonly PropertyValue[]
  | { readonly [name: string]: PropertyValue };

/** A resource as data. Texts are literal; a `Reference` is a value that Terraform fills in. */
export interface ResourceSpec {
  readonly type: string;
  readonly name: string;
  readonly properties: Readonly<Record<string, PropertyValue>>;
  /** Terraform refuses every plan that would destroy it. */
  readonly preventDestroy?: true;
  /** Changes of these attributes are ignored. */
  readonly ignoreChanges?: readonly string[];
  /** Addresses of resources that must exist first: `docker_container.redis`. */
  readonly dependsOn?: readonly string[];
}

/** An object that a stack looks up without managing it. */
export type DataSpec = Pick<ResourceSpec, 'type' | 'name' | 'properties'>;

/** A provider with an exact version, because a new one may plan other changes for the same resources. */
export interface ProviderSpec {
  /** Local name: `aws`. */
  readonly name: string;
  /** `hashicorp/aws` */
  readonly source: string;
  readonly version: string;
  readonly properties: Readonly<Record<string, PropertyValue>>;
}

/** `reference('aws_eip', 'machine', 'public_ip')` becomes `${aws_eip.machine.public_ip}`. */
export function reference(type: string, name: string, attribute: string): Reference {
  return { ref: `${type}.${name}.${attribute}` };
}
