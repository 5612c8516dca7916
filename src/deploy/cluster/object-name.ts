import { compact } from '../../compact';

/** The name of an object in Kubernetes. */
export const objectName = (description: string, fallback?: string) =>
  compact({
    description,
    type: 'string',
    title: 'the name of an object in Kubernetes: lower-case letters, digits, dots and hyphens',
    pattern: '^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$',
    maxLength: 253,
    default: fallback,
  });

/** Labels, annotations and node selectors. */
export const textMap = (description: string) =>
  ({
    description,
    type: 'object',
    propertyNames: {
      title: 'the key of a label or annotation, such as example.com/team',
      pattern: '^[A-Za-z0-9]([A-Za-z0-9./_-]*[A-Za-z0-9])?$',
      maxLength: 317,
    },
    additionalProperties: { type: 'string', maxLength: 65_536 },
    maxProperties: 64,
  }) as const;
