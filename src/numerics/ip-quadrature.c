/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-quadrature.h"

#include "ip-blas.h"
#include "ip-random.h"

#include <cblas.h>
#include <float.h>
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_STEPS 120
/* Steps between two looks at whether the trace has settled. */
#define STRIDE 10
#define SETTLED 0.05

#define SPLIT_PRODUCTS 8
/* An eigenvector whose residual is below this share of the largest eigenvalue counts as found: its
 * error enters traces squared. */
#define FOUND 1e-4

/* A block of vectors, [n x columns] row-major. */
typedef struct
{
  size_t n;
  size_t columns;
} Shape;

static void
fill_signs (double *block, Shape shape, uint64_t seed)
{
  for (size_t j = 0; j < shape.columns; j++)
    for (size_t i = 0; i < shape.n; i++)
      {
        uint64_t word = ip_random_at (ip_random_at (seed, j), i / 64);

        block[i * shape.columns + j] = (word >> (i % 64)) & 1 ? 1.0 : -1.0;
      }
}

/* product = a' b, [a.columns x b.columns] */
static void
multiply_transposed (const double *a,
                     size_t a_columns,
                     const double *b,
                     Shape shape,
                     double *product)
{
  cblas_dgemm (CblasRowMajor, CblasTrans, CblasNoTrans, (blasint) a_columns,
               (blasint) shape.columns, (blasint) shape.n, 1.0, a, (blasint) a_columns, b,
               (blasint) shape.columns, 0.0, product, (blasint) shape.columns);
}

/* Cholesky of the Gram matrix, twice for the digits; false when columns depend on each other. */
static bool
make_orthonormal (double *block, Shape shape)
{
  double gram[IP_QUADRATURE_SPLIT * IP_QUADRATURE_SPLIT];
  blasint m = (blasint) shape.columns;

  for (unsigned round = 0; round < 2; round++)
    {
      multiply_transposed (block, shape.columns, block, shape, gram);
      if (LAPACKE_dpotrf (LAPACK_ROW_MAJOR, 'U', m, gram, m) != 0)
        return false;
      cblas_dtrsm (CblasRowMajor, CblasRight, CblasUpper, CblasNoTrans, CblasNonUnit,
                   (blasint) shape.n, m, 1.0, gram, m, block, m);
    }

  return true;
}

/* What the subspace iteration works with: three blocks of IP_QUADRATURE_SPLIT vectors. */
typedef struct
{
  double *basis;
  double *image; /* M times the basis */
  double *turned;
  double ritz[IP_QUADRATURE_SPLIT];
  double residual[IP_QUADRATURE_SPLIT];
} Subspace;

/* Turns basis and image to Ritz vectors, descending. */
static IpStatus
turn_to_ritz (Subspace *subspace, Shape shape, IpContext *context)
{
  blasint m = (blasint) shape.columns;
  double projected[IP_QUADRATURE_SPLIT * IP_QUADRATURE_SPLIT];
  double *blocks[] = { subspace->basis, subspace->image };

  multiply_transposed (subspace->basis, shape.columns, subspace->image, shape, projected);
  for (blasint k = 0; k < m * m; k++)
    projected[k] = -projected[k];
  if (LAPACKE_dsyev (LAPACK_ROW_MAJOR, 'V', 'U', m, projected, m, subspace->ritz) != 0)
    return ip_fail (context, IP_STATUS_UNDEFINED, "The leading eigenvalues did not converge");

  for (unsigned b = 0; b < 2; b++)
    {
      cblas_dgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, (blasint) shape.n, m, m, 1.0,
                   blocks[b], m, projected, m, 0.0, subspace->turned, m);
      memcpy (blocks[b], subspace->turned, shape.n * shape.columns * sizeof (double));
    }

  for (size_t j = 0; j < shape.columns; j++)
    {
      subspace->ritz[j] = -subspace->ritz[j];
      subspace->residual[j] = 0.0;
    }
  for (size_t i = 0; i < shape.n; i++)
    for (size_t j = 0; j < shape.columns; j++)
      {
        double rest = subspace->image[i * shape.columns + j]
                      - subspace->ritz[j] * subspace->basis[i * shape.columns + j];

        subspace->residual[j] += rest * rest;
      }
  return IP_STATUS_OK;
}

/* Moves the columns that have converged to the front, [n x found]. */
static void
pack_found (IpQuadrature *quadrature, Subspace *subspace, Shape shape)
{
  unsigned found[IP_QUADRATURE_SPLIT];

  for (unsigned j = 0; j < shape.columns; j++)
    if (sqrt (subspace->residual[j]) <= FOUND * subspace->ritz[0])
      {
        found[quadrature->n_split] = j;
        quadrature->split[quadrature->n_split++] = subspace->ritz[j];
      }

  for (size_t i = 0; i < shape.n; i++)
    for (unsigned k = 0; k < quadrature->n_split; k++)
      subspace->basis[i * quadrature->n_split + k] = subspace->basis[i * shape.columns + found[k]];
}

/* Leading eigenvalues by subspace iteration; their vectors, [n x n_split], are in the basis. */
static IpStatus
split_leading (IpQuadrature *quadrature,
               const IpSymmetric *matrix,
               Subspace *subspace,
               uint64_t seed,
               IpContext *context)
{
  Shape shape = { matrix->n, IP_QUADRATURE_SPLIT };
  IpStatus status = IP_STATUS_OK;

  fill_signs (subspace->basis, shape, ~seed);
  for (unsigned k = 0; k < SPLIT_PRODUCTS && status == IP_STATUS_OK; k++)
    {
      if (k > 0)
        memcpy (subspace->basis, subspace->image, shape.n * shape.columns * sizeof (double));
      if (!make_orthonormal (subspace->basis, shape))
        return IP_STATUS_OK;
      status = matrix->multiply (matrix->data, subspace->basis, subspace->image, shape.columns,
                                 context);
      if (status == IP_STATUS_OK)
        status = turn_to_ritz (subspace, shape, context);
    }

  if (status == IP_STATUS_OK)
    pack_found (quadrature, subspace, shape);
  return status;
}

/* Lanczos on all probes at once.  Orthogonality is lost as eigenvalues converge, which repeats
 * nodes and splits their weight, and leaves the sums as they are. */
typedef struct
{
  const double *split; /* [n x n_split] */
  size_t n_split;
  Shape shape;
  double *before;
  double *now;
  double *next;
  double *diagonal;                              /* [MOST_STEPS x probes] */
  double *beside;                                /* [MOST_STEPS x probes] */
  double *length;                                /* [probes] squared, of the first vectors */
  double *overlap;                               /* [n_split x probes] */
} Lanczos;

static void
project_out (Lanczos *lanczos, double *block)
{
  Shape shape = lanczos->shape;

  if (lanczos->n_split == 0)
    return;

  multiply_transposed (lanczos->split, lanczos->n_split, block, shape, lanczos->overlap);
  cblas_dgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, (blasint) shape.n,
               (blasint) shape.columns, (blasint) lanczos->n_split, -1.0, lanczos->split,
               (blasint) lanczos->n_split, lanczos->overlap, (blasint) shape.columns, 1.0, block,
               (blasint) shape.columns);
}

static void
sum_products (const double *a, const double *b, Shape shape, double *sums)
{
  memset (sums, 0, shape.columns * sizeof *sums);
  for (size_t i = 0; i < shape.n; i++)
    for (size_t j = 0; j < shape.columns; j++)
      sums[j] += a[i * shape.columns + j] * b[i * shape.columns + j];
}

static void
scale_columns (double *block, Shape shape, const double *factor)
{
  for (size_t i = 0; i < shape.n; i++)
    for (size_t j = 0; j < shape.columns; j++)
      block[i * shape.columns + j] *= factor[j];
}

/* Divides the columns by their lengths, given squared; those of no length stay zero. */
static void
make_unit (double *block, Shape shape, const double *squared, double *work)
{
  for (size_t j = 0; j < shape.columns; j++)
    work[j] = squared[j] > 0.0 ? 1.0 / sqrt (squared[j]) : 0.0;
  scale_columns (block, shape, work);
}

static void
begin (Lanczos *lanczos, uint64_t seed, double *work)
{
  Shape shape = lanczos->shape;

  fill_signs (lanczos->now, shape, seed);
  project_out (lanczos, lanczos->now);
  sum_products (lanczos->now, lanczos->now, shape, lanczos->length);
  make_unit (lanczos->now, shape, lanczos->length, work);
  memset (lanczos->before, 0, shape.n * shape.columns * sizeof (double));
}

static IpStatus
advance (Lanczos *lanczos,
         const IpSymmetric *matrix,
         unsigned step,
         double *work,
         IpContext *context)
{
  Shape shape = lanczos->shape;
  double *diagonal = lanczos->diagonal + step * shape.columns;
  double *beside = lanczos->beside + step * shape.columns;
  double *spent = lanczos->before;
  IpStatus status
    = matrix->multiply (matrix->data, lanczos->now, lanczos->next, shape.columns, context);

  if (status != IP_STATUS_OK)
    return status;

  project_out (lanczos, lanczos->next);
  sum_products (lanczos->now, lanczos->next, shape, diagonal);
  for (size_t i = 0; i < shape.n; i++)
    for (size_t j = 0; j < shape.columns; j++)
      {
        size_t at = i * shape.columns + j;
        double last = step > 0 ? beside[j - shape.columns] * lanczos->before[at] : 0.0;

        lanczos->next[at] -= diagonal[j] * lanczos->now[at] + last;
      }

  sum_products (lanczos->next, lanczos->next, shape, beside);
  for (size_t j = 0; j < shape.columns; j++)
    if (beside[j] < DBL_EPSILON * DBL_EPSILON * diagonal[j] * diagonal[j])
      beside[j] = 0.0;
  make_unit (lanczos->next, shape, beside, work);
  for (size_t j = 0; j < shape.columns; j++)
    beside[j] = sqrt (beside[j]);

  lanczos->before = lanczos->now;
  lanczos->now = lanczos->next;
  lanczos->next = spent;
  return IP_STATUS_OK;
}

/* Nodes are the eigenvalues of the tridiagonal matrix, weights the squares of the first components
 * of its eigenvectors. */
static IpStatus
find_nodes (IpQuadrature *quadrature, const Lanczos *lanczos, unsigned steps, IpContext *context)
{
  size_t probes = lanczos->shape.columns;
  double beside[MOST_STEPS];
  double *vectors = malloc ((size_t) steps * steps * sizeof *vectors);
  IpStatus status = IP_STATUS_OK;

  if (vectors == NULL)
    return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for a quadrature");

  quadrature->steps = steps;
  for (size_t j = 0; j < probes && status == IP_STATUS_OK; j++)
    {
      double *node = quadrature->node + j * steps;
      double *weight = quadrature->weight + j * steps;

      for (unsigned k = 0; k < steps; k++)
        {
          node[k] = lanczos->diagonal[k * probes + j];
          beside[k] = lanczos->beside[k * probes + j];
        }
      if (LAPACKE_dstev (LAPACK_COL_MAJOR, 'V', (lapack_int) steps, node, beside, vectors,
                         (lapack_int) steps)
          != 0)
        status = ip_fail (context, IP_STATUS_UNDEFINED, "A quadrature did not converge");
      for (unsigned k = 0; k < steps; k++)
        weight[k] = lanczos->length[j] * vectors[k * steps] * vectors[k * steps];
    }

  free (vectors);
  return status;
}

/* Polynomials of degree 0, 1 and 2 that are orthogonal over all nodes (Stieltjes' recurrence): the
 * next is (x - shift) times the last less `carry` times the one before. */
typedef struct
{
  double shift[2];
  double carry;
  double norm[3]; /* 0 where the nodes are too few for the degree */
} Polynomials;

static void
evaluate (const Polynomials *polynomials, double x, double value[3])
{
  value[0] = 1.0;
  value[1] = x - polynomials->shift[0];
  value[2] = (x - polynomials->shift[1]) * value[1] - polynomials->carry;
}

static void
fit_polynomials (const IpQuadrature *quadrature, Polynomials *polynomials)
{
  size_t n = (size_t) quadrature->probes * quadrature->steps;

  *polynomials = (Polynomials){ 0 };
  for (unsigned degree = 0; degree < 3; degree++)
    {
      double norm = 0.0;
      double moment = 0.0;

      for (size_t k = 0; k < n; k++)
        {
          double value[3];
          double share;

          evaluate (polynomials, quadrature->node[k], value);
          share = quadrature->weight[k] * value[degree] * value[degree];
          norm += share;
          moment += share * quadrature->node[k];
        }

      if (degree > 0 && !(norm > 1e-20 * polynomials->norm[0] * quadrature->moments[0]))
        return;
      polynomials->norm[degree] = norm;
      if (degree < 2)
        polynomials->shift[degree] = moment / norm;
      if (degree == 1)
        polynomials->carry = norm / polynomials->norm[0];
    }
}

/* The coefficients of f, and the trace of what they make, exactly. */
static double
fit (const IpQuadrature *quadrature,
     const Polynomials *polynomials,
     IpQuadratureFunc func,
     double parameter,
     double coefficient[3])
{
  size_t n = (size_t) quadrature->probes * quadrature->steps;
  double a = polynomials->shift[0];
  double b = polynomials->shift[1];
  const double *moment = quadrature->moments;
  const double trace[3] = { moment[0], moment[1] - a * moment[0],
                            moment[2] - (a + b) * moment[1]
                              + (a * b - polynomials->carry) * moment[0] };
  double sum = 0.0;

  memset (coefficient, 0, 3 * sizeof *coefficient);
  for (size_t k = 0; k < n; k++)
    {
      double value[3];

      evaluate (polynomials, quadrature->node[k], value);
      for (unsigned degree = 0; degree < 3; degree++)
        coefficient[degree]
          += quadrature->weight[k] * value[degree] * func (quadrature->node[k], parameter);
    }
  for (unsigned degree = 0; degree < 3; degree++)
    {
      coefficient[degree] = polynomials->norm[degree] > 0.0
                              ? coefficient[degree] / polynomials->norm[degree]
                              : 0.0;
      sum += coefficient[degree] * trace[degree];
    }

  return sum;
}

void
ip_quadrature_trace (const IpQuadrature *quadrature,
                     IpQuadratureFunc func,
                     double parameter,
                     double *each)
{
  Polynomials polynomials;
  double coefficient[3];
  double known;

  fit_polynomials (quadrature, &polynomials);
  known = fit (quadrature, &polynomials, func, parameter, coefficient);
  for (unsigned k = 0; k < quadrature->n_split; k++)
    known += func (quadrature->split[k], parameter);

  for (unsigned j = 0; j < quadrature->probes; j++)
    {
      each[j] = known;
      for (unsigned k = 0; k < quadrature->steps; k++)
        {
          size_t at = (size_t) j * quadrature->steps + k;
          double value[3];

          evaluate (&polynomials, quadrature->node[at], value);
          each[j] += quadrature->weight[at]
                     * (func (quadrature->node[at], parameter) - coefficient[0] * value[0]
                        - coefficient[1] * value[1] - coefficient[2] * value[2]);
        }
    }
}

static double
entropy_term (double x, double parameter)
{
  return x > 0.0 ? -x * log (x) : 0.0;
}

/* Mean and standard error of the trace that settles last. */
static void
watch (const IpQuadrature *quadrature, double *each, double *mean, double *error)
{
  double n = quadrature->probes;
  double squares = 0.0;

  ip_quadrature_trace (quadrature, entropy_term, 0.0, each);
  *mean = 0.0;
  for (unsigned j = 0; j < quadrature->probes; j++)
    *mean += each[j] / n;
  for (unsigned j = 0; j < quadrature->probes; j++)
    squares += (each[j] - *mean) * (each[j] - *mean);
  *error = sqrt (squares / (n * (n - 1.0)));
}

static IpStatus
run_probes (IpQuadrature *quadrature,
            Lanczos *lanczos,
            const IpSymmetric *matrix,
            double *work,
            IpContext *context)
{
  double last = INFINITY;
  double mean;
  double error;
  IpStatus status = IP_STATUS_OK;

  for (unsigned step = 0; step < MOST_STEPS && step < matrix->n; step++)
    {
      status = advance (lanczos, matrix, step, work, context);
      ip_context_report (context, (double) (step + 1) / MOST_STEPS);
      if (status != IP_STATUS_OK || (step + 1) % STRIDE != 0)
        continue;

      status = find_nodes (quadrature, lanczos, step + 1, context);
      if (status != IP_STATUS_OK)
        return status;
      watch (quadrature, work, &mean, &error);
      if (fabs (mean - last) <= SETTLED * error + 1e-12 * fabs (mean))
        return IP_STATUS_OK;
      last = mean;
    }

  return status;
}

IpStatus
ip_quadrature_init (IpQuadrature *quadrature,
                    const IpSymmetric *matrix,
                    unsigned probes,
                    uint64_t seed,
                    IpContext *context)
{
  size_t n = matrix->n;
  size_t block = n * (probes > IP_QUADRATURE_SPLIT ? probes : IP_QUADRATURE_SPLIT);
  size_t small = (2 * (size_t) MOST_STEPS + 2 + IP_QUADRATURE_SPLIT) * probes;
  double *space = malloc ((4 * block + small) * sizeof *space);
  Subspace subspace = { .basis = space };
  Lanczos lanczos = { .shape = { n, probes } };
  IpStatus status;

  ip_blas_use_one_thread ();
  *quadrature
      = (IpQuadrature){ .probes = probes, .moments = { n, matrix->trace, matrix->squares } };
  quadrature->node = malloc ((size_t) probes * MOST_STEPS * sizeof (double));
  quadrature->weight = malloc ((size_t) probes * MOST_STEPS * sizeof (double));
  if (space == NULL || quadrature->node == NULL || quadrature->weight == NULL)
    {
      free (space);
      return ip_fail (context, IP_STATUS_NO_MEMORY, "Out of memory for %u vectors of %zu samples",
                      4 * probes, n);
    }

  subspace.image = space + block;
  subspace.turned = space + 2 * block;
  status = split_leading (quadrature, matrix, &subspace, seed, context);
  for (unsigned k = 0; k < quadrature->n_split; k++)
    {
      quadrature->moments[0] -= 1.0;
      quadrature->moments[1] -= quadrature->split[k];
      quadrature->moments[2] -= quadrature->split[k] * quadrature->split[k];
    }

  lanczos.split = space;
  lanczos.n_split = quadrature->n_split;
  lanczos.before = space + block;
  lanczos.now = space + 2 * block;
  lanczos.next = space + 3 * block;
  lanczos.diagonal = space + 4 * block;
  lanczos.beside = lanczos.diagonal + MOST_STEPS * probes;
  lanczos.length = lanczos.beside + MOST_STEPS * probes;
  lanczos.overlap = lanczos.length + probes;
  if (status == IP_STATUS_OK)
    {
      double *work = lanczos.overlap + IP_QUADRATURE_SPLIT * probes;

      begin (&lanczos, seed, work);
      status = run_probes (quadrature, &lanczos, matrix, work, context);
    }

  free (space);
  return status;
}

void
ip_quadrature_clear (IpQuadrature *quadrature)
{
  free (quadrature->node);
  free (quadrature->weight);
  quadrature->node = NULL;
  quadrature->weight = NULL;
}
