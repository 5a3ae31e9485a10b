//! euclid: points, vectors, transforms, rotations, rectangles, all generic with units of measure.
use crate::check::*;
use euclid::{
    Angle, Box2D, Length, Point2D, Point3D, Rect, RigidTransform3D, Rotation2D, Rotation3D, Scale, Size2D,
    Transform2D, Transform3D, Translation3D, Vector2D, Vector3D,
};

#[derive(Clone, Copy)]
struct World;
#[derive(Clone, Copy)]
struct Screen;

#[linkgrad::reverse(d_plane, Duplicated, Active)]
#[linkgrad::forward(t_plane, Dual, DualOnly)]
fn plane(x: &[f64]) -> f64 {
    let turn = Rotation2D::<f64, World, World>::new(Angle::radians(x[0]));
    let move_by = Transform2D::<f64, World, World>::create_translation(x[1], x[2]);
    let view = Transform2D::<f64, World, Screen>::row_major(1.0 + x[3], x[4], -x[4], 1.0, 0.3, x[5]);
    let whole = turn.to_transform().post_transform(&move_by).post_transform(&view);
    let point = whole.transform_point(Point2D::new(x[6] + 1.0, x[7]));
    let back = whole.inverse().unwrap().transform_vector(Vector2D::new(x[0], 2.0));
    let zoomed = Scale::<f64, Screen, World>::new(1.5).transform_point(point) + back.normalize();
    zoomed.to_vector().square_length() + whole.determinant() + point.lerp(Point2D::zero(), x[2]).x
}

#[linkgrad::reverse(d_space, Duplicated, Active)]
#[linkgrad::forward(t_space, Dual, DualOnly)]
fn space(x: &[f64]) -> f64 {
    let axis = Vector3D::<f64, World>::new(1.0 + x[0], x[1], x[2]).normalize();
    let turn = Rotation3D::<f64, World, World>::around_axis(axis, Angle::radians(x[3]));
    let other = Rotation3D::euler(Angle::radians(x[4]), Angle::radians(x[5]), Angle::radians(x[6]));
    let between = turn.slerp(&other, 0.3 + 0.1 * x[7]);
    let point = between.transform_point3d(Point3D::new(x[0], 1.0, x[7]));
    let rigid = RigidTransform3D::new(between, Translation3D::<f64, World, World>::new(x[1], 0.5, x[2]).to_vector());
    let back = rigid.inverse().to_transform().transform_point3d(point).unwrap();
    back.x + 2.0 * back.y - back.z + point.to_vector().cross(axis).length()
}

#[linkgrad::reverse(d_projection, Duplicated, Active)]
#[linkgrad::forward(t_projection, Dual, DualOnly)]
fn projection(x: &[f64]) -> f64 {
    let camera = Transform3D::<f64, World, World>::create_rotation(x[0], 1.0, x[1], Angle::radians(0.5 + x[2]))
        .post_transform::<World>(&Transform3D::create_scale(1.0 + x[3], 2.0, 1.5))
        .post_transform::<World>(&Transform3D::create_translation(x[4], x[5], 4.0));
    let lens = Transform3D::<f64, World, Screen>::create_perspective(3.0 + x[6]);
    let whole = camera.post_transform(&lens);
    let mut total = whole.determinant();
    for corner in [Point3D::new(1.0, 0.5, x[7]), Point3D::new(-0.5, x[7], 1.0)] {
        if let Some(p) = whole.transform_point3d(corner) {
            total += p.x * p.y + p.z;
        }
    }
    let inverse = camera.inverse().expect("it has one");
    total + inverse.m11 + inverse.m42 * inverse.m33
}

#[linkgrad::reverse(d_boxes, Duplicated, Active)]
#[linkgrad::forward(t_boxes, Dual, DualOnly)]
fn boxes(x: &[f64]) -> f64 {
    let rect = Rect::<f64, World>::new(Point2D::new(x[0], x[1]), Size2D::new(2.0 + x[2], 1.0 + x[3]));
    let other = rect.translate(Vector2D::new(0.4 + x[4], 0.2)).inflate(x[5] * x[5], 0.1);
    let common = rect.intersection(&other).map_or(0.0, |r| r.area());
    let turned = Transform2D::<f64, World, Screen>::create_rotation(Angle::radians(x[6])).transform_rect(&other);
    let hull = Box2D::<f64, World>::from_points([Point2D::new(x[7], 1.0), Point2D::new(0.5, x[0]), rect.center()]);
    let length = Length::<f64, World>::new(x[1]) * 3.0 + Length::new(x[2]);
    common + turned.area() + hull.area() * length.0 + rect.union(&other).size.width
}

pub fn run() {
    let x = [0.1, -0.2, 0.3, 0.15, -0.25, 0.4, 0.05, -0.1];
    both("plane", plane, d_plane, t_plane, &x);
    both("space", space, d_space, t_space, &x);
    both("projection", projection, d_projection, t_projection, &x);
    both("boxes", boxes, d_boxes, t_boxes, &x);
}
