import type { Extractor } from '../found';
import { scanHcl } from '../hcl/scan-hcl';

/** Terraform, OpenTofu, Terragrunt and Packer: Docker, Kubernetes, ECS and Helm, also in embedded JSON. */
export const terraform: Extractor = {
  name: 'terraform',
  claims: (path) =>
    /\.(?:tf|tofu|tfvars|hcl)(?:\.(?:tmpl|tpl|tftpl))?$/.test(path) && !/\.terraform\.lock\.hcl$/.test(path),
  extract: (text, start, _path, beside) => scanHcl(text, start, beside),
};
