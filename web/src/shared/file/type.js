/** The media type of a table, by its name; what the browser says depends on which programs are installed. */
const TYPES = { csv: 'text/csv', xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' };

export const tableType = (name) => TYPES[name.split('.').pop().toLowerCase()] ?? 'application/octet-stream';
