/**
 * Shapes of the JSON the API speaks, for editors; nothing here runs.
 *
 * @typedef {{code: string, label: string}} Coded
 * @typedef {{lon: number, lat: number, address?: string, accuracy_m?: number|null}} Place
 * @typedef {{id: string|null, sha256: string, role: Coded, arrived: boolean, shot_at?: string|null}} PhotoItem
 * @typedef {{name: string, label: string, kind: 'text'|'choice'|'photos', required: boolean,
 *   options?: {value: string, label: string}[], value?: string}} StepField
 * @typedef {{action: string, label: string, href: string, danger: boolean, primary: boolean,
 *   fields: StepField[]}} Step
 * @typedef {{text: string, action: string, fields: Object<string, string>, reason: string,
 *   alternatives: {label: string, reason: string}[]}} Suggestion
 * @typedef {{id: string, case_no: string|null, state: Coded, stage: Coded, light: Coded,
 *   category: {code: string, name: string, big_name: string}, description: string, place: Place,
 *   area: {code: string, name: string, level: Coded, parent_name?: string}|null, flags: Coded[],
 *   reporter: {username: string, name: string}, department: {code: string, name: string}|null,
 *   reported_at: string, due_at: string|null, closed_at: string|null,
 *   photos: {expected: number, arrived: number}, rework_no: number, version: number, practice: boolean,
 *   due_provisional: boolean}} EventSummary
 * @typedef {{kind: Coded, deed: string, light: Coded, yellow_at: string, due_at: string}} StepClock
 * @typedef {EventSummary & {step_clock: StepClock|null}} EventRow
 * @typedef {{code: string, name: string, level: Coded, parent: string|null, boundary?: object}} Area
 * @typedef {{code: string, name: string, big_name: string, kind: 'component'|'event'}} Category
 */
export {};
