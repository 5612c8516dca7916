import { loadImages, type ImagePins } from '../../deploy';
import { hasErrors } from '../../diagnostic';
import { DeclarationError } from '../../errors';

/**
 * @param untouched the end of an error message: `nothing was changed`
 * @throws DeclarationError
 */
export async function readPins(file: string, untouched: string): Promise<ImagePins> {
  const { value, diagnostics } = await loadImages(file);
  if (!value || hasErrors(diagnostics)) throw new DeclarationError(`${file} has errors: ${untouched}`, diagnostics);
  return value;
}
