/** Stands for any picture: tests look at words. */
export default 'picture.svg';
