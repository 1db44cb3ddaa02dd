/** A step of the build: keeps the compiled code of the service's one file, in the given folder. Loading the file starts nothing. */
import { keepCompiled } from '../../apps/api/src/bundled.ts';

const [folder] = process.argv.slice(2);
keepCompiled(folder!);
// Loaded packages may hold something open that nobody will use.
process.exit(0);
