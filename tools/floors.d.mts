export declare const FLOORS: string[][];
export declare const NO_ROOMS: string[];
export declare function forbiddenFor(room: string): string[];
export declare function floorRules(): { files: string[]; ignores: string[]; rules: Record<string, unknown> }[];
